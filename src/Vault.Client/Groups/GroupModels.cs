using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Groups;

/// <summary>A group that this account accepted, or its personal group.</summary>
public sealed record GroupView
{
    /// <summary>Id.</summary>
    public required GroupId Id { get; init; }

    /// <summary>Own label, else the group's name. Empty while locked, or while the name does not open.</summary>
    public required string Name { get; init; }

    /// <summary>The group's description.</summary>
    public string Description { get; init; } = "";

    /// <summary>Shared or personal.</summary>
    public required GroupKind Kind { get; init; }

    /// <summary>Own role; Unspecified when not a member any more.</summary>
    public required Role Role { get; init; }

    /// <summary>How current this replica is.</summary>
    public required GroupStatus Status { get; init; }

    /// <summary>Current epoch.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Whether the next writer starts an epoch.</summary>
    public required bool RotationDue { get; init; }

    /// <summary>Members.</summary>
    public required int Members { get; init; }

    /// <summary>Live items, unsent ones included, trash excluded once unlocked.</summary>
    public required int Items { get; init; }

    /// <summary>Open invites.</summary>
    public required int OpenInvites { get; init; }
}

/// <summary>A member of a group.</summary>
/// <param name="Name">As known in the group, or own name for the person. Empty: none known.</param>
/// <param name="Pin">How this person was met; null: not pinned.</param>
public sealed record MemberView(AccountId Account, string Name, Role Role, bool IsSelf, PinOrigin? Pin, int Devices);

/// <summary>An invite that was just opened.</summary>
/// <param name="Code">The text to hand over. A secret: whoever holds it may join once.</param>
/// <param name="ExpiresMs">When it ends by this device's clock, milliseconds since 1970-01-01 UTC.</param>
public sealed record OpenedInvite(InviteId Id, string Code, Role Role, long ExpiresMs);

/// <summary>An invite that is open.</summary>
public sealed record InviteView(InviteId Id, Role Role, AccountId Opener, string Label, long ExpiresMs);

/// <summary>Where an asked-for membership stands.</summary>
public enum JoinState
{
    /// <summary>The request waits for a device of the opener.</summary>
    Waiting,

    /// <summary>The add stands in the chain; the group is accepted.</summary>
    Joined,
}

/// <summary>What came of a join so far.</summary>
public sealed record JoinView(GroupId Group, AccountId Opener, JoinState State);

/// <summary>One commit, for reading.</summary>
/// <param name="TimeMs">The author's clock, 0 when it is not said or does not open; decides nothing.</param>
/// <param name="Changes">What it did, one phrase each, in the fixed order of changes.</param>
public sealed record LogEntry(
    ulong Seq, EntryId Id, AccountId Author, string AuthorName, DeviceId Device, long TimeMs, IReadOnlyList<LogChange> Changes);

/// <summary>One change of a commit. Kind is the change's field name in the format, such as <c>puts</c> or <c>adds</c>.</summary>
public sealed record LogChange(string Kind, string Subject, string Detail);

/// <summary>One group's status, as <c>svault status</c> prints it.</summary>
public sealed record GroupStatus
{
    /// <summary>The state, first match wins.</summary>
    public required FreshnessState State { get; init; }

    /// <summary>Age of the newest proof. Null: there is none since start.</summary>
    public required TimeSpan? ProofAge { get; init; }

    /// <summary>Verified position.</summary>
    public required ulong VerifiedSeq { get; init; }

    /// <summary>Newest position that a proof or a hint named. Null: none.</summary>
    public required ulong? KnownSeq { get; init; }

    /// <summary>Item blobs that are not here yet.</summary>
    public required int MissingBlobs { get; init; }

    /// <summary>Edits not confirmed yet.</summary>
    public required int Pending { get; init; }

    /// <summary>How long the oldest of them has waited. Null: none waits.</summary>
    public TimeSpan? OldestPending { get; init; }

    /// <summary>It has waited past all patience although the relay answers.</summary>
    public bool IsStuck { get; init; }

    /// <summary>Conflict copies among the items; 0 while locked.</summary>
    public required int Conflicts { get; init; }

    /// <summary>Edits kept aside with a reason.</summary>
    public required int Quarantined { get; init; }

    /// <summary>Another device attested a newer or a different head.</summary>
    public required bool Disputed { get; init; }

    /// <summary>What is wrong, if anything.</summary>
    public Fault? Fault { get; init; }

    /// <summary>Whether the replica is at the relay's head as proven within the bound.</summary>
    public bool IsFresh => State is FreshnessState.Live or FreshnessState.Polling;
}
