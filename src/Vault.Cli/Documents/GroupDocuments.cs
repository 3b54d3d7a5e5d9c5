using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>A group.</summary>
internal sealed record GroupPart(
    string Id,
    string? Name,
    string Role,
    bool Personal,
    FreshnessPart? Freshness,
    ulong Epoch,
    bool RotationDue,
    uint Members,
    uint Items,
    uint DevicesAgreeing,
    uint Devices,
    LagPart[] Lagging,
    MemberDevicePart? Witness,
    MemberDevicePart[]? MemberDevices)
{
    public static GroupPart Of(GroupView group) => new(
        group.Id,
        Text.OrNull(group.Name),
        Names.Of(group.Role),
        group.Personal,
        FreshnessPart.Of(group.Freshness),
        group.Epoch,
        group.RotationDue,
        group.Members,
        group.Items,
        group.DevicesAgreeing,
        group.Devices,
        [.. group.Lagging.Select(lag => new LagPart(
            Text.OrNull(lag.Member),
            lag.DeviceId,
            lag.HasBehind ? lag.Behind : null,
            lag.HasBehindMs ? lag.BehindMs : null,
            lag.HasSeenAgeMs ? lag.SeenAgeMs : null,
            lag.Disputes))],
        group.Witness is null ? null : MemberDevicePart.Of(group.Witness),
        group.MemberDevices.Count == 0 ? null : [.. group.MemberDevices.Select(MemberDevicePart.Of)]);
}

/// <summary>A device that is behind.</summary>
internal sealed record LagPart(string? Member, string DeviceId, ulong? Behind, ulong? BehindMs, ulong? SeenAgeMs, bool Disputes);

/// <summary>Where a member's device stands, by its own attestation.</summary>
internal sealed record MemberDevicePart(
    string AccountId,
    string? Member,
    bool Self,
    string DeviceId,
    string? DeviceName,
    string Standing,
    ulong? HeadSeq,
    ulong Behind,
    ulong? BehindMs,
    ulong? AgreedAgeMs,
    ulong? SeenAgeMs)
{
    public static MemberDevicePart Of(MemberDevice device) => new(
        device.AccountId,
        Text.OrNull(device.Member),
        device.Self,
        device.DeviceId,
        Text.OrNull(device.DeviceName),
        Names.Of(device.Standing),
        device.HasHeadSeq ? device.HeadSeq : null,
        device.Behind,
        device.HasBehindMs ? device.BehindMs : null,
        device.HasAgreedAgeMs ? device.AgreedAgeMs : null,
        device.HasSeenAgeMs ? device.SeenAgeMs : null);
}

/// <summary>svault.group.code/v1</summary>
internal sealed record GroupCodeDocument(string Schema, GroupPart Group, string[] Words, ulong Seq, string CommitId);

/// <summary>svault.group.create/v1 and .show/v1</summary>
internal sealed record GroupDocument(string Schema, GroupPart Group, string? Description, MemberPart[]? Members, uint? OpenInvites);

/// <summary>svault.group.list/v1</summary>
internal sealed record GroupListDocument(string Schema, GroupPart[] Groups);

/// <summary>svault.group.leave/v1</summary>
internal sealed record GroupLeaveDocument(string Schema, GroupPart Group, ulong Seq);

/// <summary>svault.group.log/v1</summary>
internal sealed record GroupLogDocument(string Schema, LogPart[] Entries, bool More, FreshnessPart? Freshness);

/// <summary>One commit.</summary>
internal sealed record LogPart(
    ulong Seq, string CommitId, string AuthorId, string? Author, string DeviceId, string? At, ChangePart[] Changes)
{
    public static LogPart Of(LogEntry entry) => new(
        entry.Seq,
        entry.CommitId,
        entry.AuthorId,
        Text.OrNull(entry.Author),
        entry.DeviceId,
        Durations.Utc(entry.TimeMs),
        [.. entry.Changes.Select(change => new ChangePart(
            Names.Of(change.Kind), Text.OrNull(change.SubjectId), Text.OrNull(change.Subject), change.Role == Ipc.V1.Role.Unspecified ? null : Names.Of(change.Role)))]);
}

/// <summary>One change of a commit.</summary>
internal sealed record ChangePart(string Kind, string? SubjectId, string? Subject, string? Role);
