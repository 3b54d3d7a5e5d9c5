using System.Collections.Immutable;
using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// The state of a group chain up to some commit. Immutable and persistent: the states of two neighbouring commits share
/// what did not change. Only <see cref="GroupRules"/> makes one, so holding it means that every body before was verified;
/// no setter is public, for <c>with</c> would be a second door.
/// </summary>
public sealed record VerifiedGroup
{
    internal VerifiedGroup(GroupId id, ChainHead head, GroupKind kind, Member founder)
    {
        Id = id;
        Head = head;
        Kind = kind;
        Members = ImmutableSortedDictionary<AccountId, Member>.Empty.Add(founder.Account, founder);
    }

    /// <summary>The id: that of the genesis.</summary>
    public GroupId Id { get; internal init; }

    /// <summary>Where the chain stands.</summary>
    public ChainHead Head { get; internal init; }

    /// <summary>Shared or personal.</summary>
    public GroupKind Kind { get; internal init; }

    /// <summary>Whether the last commit closed the group.</summary>
    public bool Closed { get; internal init; }

    /// <summary>The roster.</summary>
    public ImmutableSortedDictionary<AccountId, Member> Members { get; internal init; }

    /// <summary>Last anchors of those who were members once: a new add may not go back behind them.</summary>
    public ImmutableSortedDictionary<AccountId, ChainHead> FormerMembers { get; internal init; } =
        ImmutableSortedDictionary<AccountId, ChainHead>.Empty;

    /// <summary>The current epoch; 0 before commit 1.</summary>
    public ulong Epoch { get; internal init; }

    /// <summary>Every epoch ever started, by number.</summary>
    public ImmutableSortedDictionary<ulong, EpochRecord> Epochs { get; internal init; } = ImmutableSortedDictionary<ulong, EpochRecord>.Empty;

    /// <summary>Whether the next commit with anything boxed must start an epoch.</summary>
    public bool RotationDue { get; internal init; }

    /// <summary>Open invites.</summary>
    public ImmutableSortedDictionary<InviteId, OpenInviteRecord> Invites { get; internal init; } =
        ImmutableSortedDictionary<InviteId, OpenInviteRecord>.Empty;

    /// <summary>Invites that are completed, closed or fallen with their opener.</summary>
    public ImmutableSortedSet<InviteId> ClosedInvites { get; internal init; } = [];

    /// <summary>Live items.</summary>
    public ImmutableSortedDictionary<ItemId, LiveItem> Items { get; internal init; } = ImmutableSortedDictionary<ItemId, LiveItem>.Empty;

    /// <summary>Items deleted for ever.</summary>
    public ImmutableSortedSet<ItemId> DeletedItems { get; internal init; } = [];

    /// <summary>Name and description as boxed. Null: never set.</summary>
    public Boxed? Info { get; internal init; }

    /// <summary>The member, if the account is one.</summary>
    public Member? MemberOf(AccountId account) => Members.GetValueOrDefault(account);

    /// <summary>The canonical state of FORMAT.md, section 8. Linear in members, items and invites.</summary>
    public GroupState ToState() => GroupStateEncoding.Of(this);

    /// <summary>Hash of the canonical state: equal on every replica that verified the same commits.</summary>
    public Hash32 StateHash() => Hash32.Parse(TaggedHash.Of(Purpose.HashGroupState, ToState().ToByteArray()));
}
