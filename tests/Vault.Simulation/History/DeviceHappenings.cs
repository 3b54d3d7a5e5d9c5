using Vault.Client.Sync;
using Vault.Core.Ids;

namespace Vault.Simulation.History;

/// <summary>What a device and its link can do from now on.</summary>
/// <param name="Account">Null: it has none yet.</param>
/// <param name="Starts">How often its process started.</param>
/// <param name="HearsChanges">Its link carries hints of changes.</param>
/// <param name="CanReach">Process up, and its link carries something, be it slowly or now and then.</param>
/// <param name="IsHealthy">Process up, machine awake, link whole; hints may be swallowed all the same.</param>
public sealed record DeviceHealth(
    string Device, AccountId? Account, int Starts, bool CanReach, bool IsHealthy, bool HearsChanges) : Happening;

/// <summary>What a device said of one group when it was asked.</summary>
/// <param name="Starts">Which start of its process said so.</param>
/// <param name="Id">The commit at the verified head, where it was asked for.</param>
/// <param name="Withheld">Items whose newest value it could not show for want of a blob, where it was asked for.</param>
/// <param name="IsFailing">It says that notifications fail.</param>
public sealed record Shown(
    string Device,
    int Starts,
    GroupId Group,
    ulong Seq,
    EntryId? Id,
    FreshnessState State,
    int Withheld,
    int MissedHints,
    bool IsFailing) : Happening;

/// <summary>A device accepted an edit that wrote these values; no other edit writes any of them.</summary>
public sealed record Edited(string Device, GroupId Group, string Item, IReadOnlyList<string> Values) : Happening;

/// <summary>These values may be gone from here on: a person saw them and deleted them for ever, or threw the edit away.</summary>
public sealed record Vanished(string Device, GroupId Group, IReadOnlyList<string> Values) : Happening;

/// <summary>Nothing goes wrong any more.</summary>
public sealed record Healed : Happening;

/// <summary>Whether, after healing, everything came to rest in time, and what had not.</summary>
public sealed record Settled(bool InTime, string Rest) : Happening;

/// <summary>What a device shows of a group at the end.</summary>
/// <param name="How">Which device: as it ran, started anew, or a fresh one.</param>
/// <param name="Values">Every value that can be found in it: live, in the trash, in history, in conflict copies.</param>
public sealed record FinalState(
    string Device, string How, GroupId Group, bool IsMember, ulong Seq, EntryId Id, string Digest, IReadOnlyList<string> Values) : Happening;

/// <summary>The edits that wait on a device at the end.</summary>
/// <param name="Values">What they wrote, those set aside included.</param>
public sealed record FinalOutbox(string Device, int Waiting, int SetAside, IReadOnlyList<string> Values) : Happening;

/// <summary>Who is no member any more was given everything that was put since, and tried every key that was ever sealed to them, or lies beneath one.</summary>
/// <param name="Before">Values that were put before the membership ended and are still kept, by which it shows that the keys are tried as they should be.</param>
public sealed record FormerKeys(string Person, GroupId Group, int Keys, int Before, int OpenedBefore, int After, int OpenedAfter) : Happening;

/// <summary>Which other members of a group a device has pinned, and which not.</summary>
public sealed record PinsShown(string Device, IReadOnlyList<string> Pinned, IReadOnlyList<string> Unpinned) : Happening;
