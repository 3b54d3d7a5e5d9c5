using System.Collections.Immutable;
using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Simulation.History;

/// <summary>
/// Who may do what in a group, read from its commits in the plainest way: roles, who was sealed which epoch, and whether somebody
/// left with the current key.
/// </summary>
public sealed record GroupModel
{
    /// <summary>Before the genesis.</summary>
    public static GroupModel Empty { get; } = new();

    /// <summary>Members and their roles.</summary>
    public ImmutableSortedDictionary<AccountId, Role> Roles { get; private init; } = ImmutableSortedDictionary<AccountId, Role>.Empty;

    /// <summary>Every epoch whose key was ever sealed to an account, member or not.</summary>
    public ImmutableSortedDictionary<AccountId, ImmutableSortedSet<ulong>> Sealed { get; private init; } =
        ImmutableSortedDictionary<AccountId, ImmutableSortedSet<ulong>>.Empty;

    /// <summary>The current epoch.</summary>
    public ulong Epoch { get; private init; }

    /// <summary>Whether somebody left with the current key, and nobody rotated since.</summary>
    public bool IsRotationDue { get; private init; }

    /// <summary>Open invites: id, role, opener, and the position of the commit that opened each.</summary>
    public ImmutableDictionary<ByteString, (Role Role, AccountId Opener, ulong Opened)> Invites { get; private init; } =
        ImmutableDictionary<ByteString, (Role, AccountId, ulong)>.Empty;

    /// <summary>Where the last membership of an account ended, member again or not.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> Ended { get; private init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;

    /// <summary>Live items: id and the blob that holds it.</summary>
    public ImmutableDictionary<ByteString, ByteString> Items { get; private init; } = ImmutableDictionary<ByteString, ByteString>.Empty;

    /// <summary>Whether the last commit closed it.</summary>
    public bool IsClosed { get; private init; }

    /// <summary>The role of an account; Unspecified when it is no member.</summary>
    public Role RoleOf(AccountId account) => Roles.GetValueOrDefault(account);

    /// <summary>The group after one more commit. Judges nothing.</summary>
    public GroupModel After(GroupBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var author = AccountId.Parse(body.AuthorAccount.Span);
        var roles = body.Genesis is null ? Roles : Roles.SetItem(author, Role.Owner);
        var due = IsRotationDue;
        var ended = Ended;
        foreach (var remove in body.Removes)
        {
            roles = roles.Remove(AccountId.Parse(remove.Account.Span));
            ended = ended.SetItem(AccountId.Parse(remove.Account.Span), body.Seq);
        }

        if (body.Leave is not null)
        {
            roles = roles.Remove(author);
            ended = ended.SetItem(author, body.Seq);
            due = true;
        }

        foreach (var change in body.Roles)
        {
            roles = roles.SetItem(AccountId.Parse(change.Account.Span), change.Role);
        }

        var epoch = body.Epoch?.Number ?? Epoch;
        var seals = Sealed;
        foreach (var add in body.Adds)
        {
            var account = AccountId.Parse(add.Account.Span);
            roles = roles.SetItem(account, add.Role);
            seals = add.Seal is null ? seals : Give(seals, account, epoch);
        }

        foreach (var seal in body.Epoch?.Seals ?? [])
        {
            seals = Give(seals, AccountId.Parse(seal.Account.Span), epoch);
        }

        return this with
        {
            Roles = roles,
            Sealed = seals,
            Ended = ended,
            Epoch = epoch,
            IsRotationDue = due && body.Epoch is null,
            Invites = InvitesAfter(body, author, roles),
            Items = Items.RemoveRange(body.Deletes.Select(delete => delete.Item))
                .SetItems(body.Puts.Select(put => KeyValuePair.Create(put.Item, put.BlobHash))),
            IsClosed = body.Close is not null,
        };
    }

    // An invite falls with its opener's right to grant its role; the model only needs those that may still be used.
    private ImmutableDictionary<ByteString, (Role Role, AccountId Opener, ulong Opened)> InvitesAfter(
        GroupBody body, AccountId author, ImmutableSortedDictionary<AccountId, Role> roles)
    {
        var invites = Invites.RemoveRange(body.CloseInvites.Select(close => close.Invite));
        var used = body.Adds.Where(add => add.Proof is not null)
            .Select(add => JoinBody.Parser.ParseFrom(add.Proof.Body).Invite);
        invites = invites.RemoveRange(used);
        foreach (var open in body.OpenInvites)
        {
            invites = invites.SetItem(Core.KeyIds.OfInvite(open.InviteKey.Span).ToByteString(), (open.Role, author, body.Seq));
        }

        return invites.RemoveRange(invites.Where(invite => roles.GetValueOrDefault(invite.Value.Opener) < Role.Admin).Select(invite => invite.Key));
    }

    private static ImmutableSortedDictionary<AccountId, ImmutableSortedSet<ulong>> Give(
        ImmutableSortedDictionary<AccountId, ImmutableSortedSet<ulong>> seals, AccountId account, ulong epoch) =>
        seals.SetItem(account, seals.GetValueOrDefault(account, []).Add(epoch));
}
