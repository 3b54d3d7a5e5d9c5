using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Stores;

/// <summary>An entry of either chain, at its place.</summary>
public sealed record StoredEntry(ChainHead Head, SignedEntry Entry)
{
    /// <summary>Bytes of body and signatures.</summary>
    public int Bytes { get; } = Entry.Body.Length + (Entry.Signatures.Count * Core.Limits.SignatureBytes);
}

/// <summary>A blob and its hash.</summary>
public sealed record StoredBlob(BlobHash Hash, ReadOnlyMemory<byte> Content);

/// <summary>A page of an account chain.</summary>
public sealed record AccountPage(ChainHead Head, IReadOnlyList<StoredEntry> Entries, bool More);

/// <summary>A page of a group chain.</summary>
public sealed record GroupPage(
    ChainHead Head, bool AfterStands, IReadOnlyList<StoredEntry> Commits, bool More, Membership? Reader);

/// <summary>What an account is to a group. Ended: the commit that ended the membership; null while a member.</summary>
public sealed record Membership(AccountId Account, GroupId Group, ChainHead? Ended)
{
    public bool IsMember => Ended is null;
}

/// <summary>Blobs found, and hashes without content.</summary>
public sealed record BlobPage(IReadOnlyList<StoredBlob> Found, IReadOnlyList<BlobHash> Absent);

/// <summary>Whose poll, which counters it knows, and how many attestations it takes.</summary>
public sealed record OverviewQuery(
    AccountId Account, DeviceId Device, IReadOnlyDictionary<(GroupId Group, DeviceId Device), ulong> Known, int AttestationsMax);

/// <summary>
/// One poll's answer. Groups ascend; the head is the group's own, to be cut at the end of a former membership.
/// Uninvited: in how many of these groups others put the account, without a proof of its own.
/// WantsBlobs: a live item's blob is not here; WantsLocker: a part of the account's locker is not. Attestations are other devices', newer than known, of groups the account is a member of, ascending by group and device.
/// </summary>
public sealed record Overview(
    ChainHead? AccountHead,
    IReadOnlyList<(Membership Membership, ChainHead Head, bool WantsBlobs)> Groups,
    IReadOnlyList<Attestation> Attestations,
    int JoinsWaiting,
    bool WantsLocker,
    int Uninvited);

/// <summary>A place in the store's own order of writes. Of no meaning outside the process that read it.</summary>
public sealed record StoreCursor(long Position);

/// <summary>What changed between two cursors; each list ascends in the store's order. More: another step waits.</summary>
public sealed record StoreChanges(
    StoreCursor Cursor,
    bool More,
    ulong Beat,
    IReadOnlyList<(GroupId Group, ChainHead Head)> Groups,
    IReadOnlyList<Membership> Memberships,
    IReadOnlyList<(AccountId Account, ChainHead Head)> Accounts,
    IReadOnlyList<StoredAttestation> Attestations,
    IReadOnlyList<(GroupId Group, InviteId Invite, AccountId Opener)> Joins);

/// <summary>One invite by id, or all of a group.</summary>
public sealed record InviteQuery
{
    private InviteQuery()
    {
    }

    public InviteId? Invite { get; private init; }

    public GroupId? Group { get; private init; }

    public static InviteQuery ById(InviteId invite) => new() { Invite = invite };

    public static InviteQuery InGroup(GroupId group) => new() { Group = group };
}

/// <summary>An open invite, with the join request that waits for it.</summary>
public sealed record StoredInvite(
    InviteId Invite, GroupId Group, ReadOnlyMemory<byte> Key, AccountId Opener, ChainHead Opened, StoredJoin? Join)
{
    /// <summary>The commit that opened it, when one invite was read by id.</summary>
    public SignedEntry? Commit { get; init; }
}

/// <summary>A join request and who posted it.</summary>
public sealed record StoredJoin(AccountId Account, JoinRequest Request, DateTimeOffset PostedAt);

/// <summary>One step of a link; opened is when the first step came.</summary>
public sealed record StoredLink(int Step, ReadOnlyMemory<byte> Box, DateTimeOffset OpenedAt);

/// <summary>An attestation with what the engine read from its body.</summary>
public sealed record StoredAttestation(GroupId Group, AccountId Account, DeviceId Device, ulong Counter, Attestation Attestation);
