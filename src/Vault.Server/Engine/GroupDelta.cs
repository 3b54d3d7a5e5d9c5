using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>What follows from verified commits for the store's indexes: who, which blobs, which invites.</summary>
internal sealed class GroupDelta
{
    private readonly SortedDictionary<AccountId, Membership> _memberships = [];
    private readonly SortedSet<AccountId> _uninvited = [];
    private readonly SortedDictionary<BlobHash, BlobName> _names = [];
    private readonly SortedDictionary<BlobHash, int> _required = [];
    private readonly HashSet<BlobHash> _named = [];
    private readonly List<StoredInvite> _opened = [];
    private readonly List<InviteId> _closed = [];

    public GroupDelta(VerifiedGroup? before, IReadOnlyList<VerifiedCommit> commits)
    {
        foreach (var commit in commits)
        {
            Seat(commit);
            Name(before, commit);
            Invite(before, commit.After);
            before = commit.After;
        }
    }

    public IReadOnlyList<Membership> Memberships => [.. _memberships.Values];

    /// <summary>Those who were added without a proof of their own.</summary>
    public IReadOnlyList<AccountId> Uninvited => [.. _uninvited];

    public IReadOnlyList<BlobName> Names => [.. _names.Values];

    /// <summary>
    /// Every blob that a put of these commits names, with its size; but for chunks that its item named before. Those may be lost here,
    /// and whoever changes the item need not have them (attack: an editor names in a recovery window what nobody has, and every edit of
    /// the item is refused from then on, with all that its device wrote behind it).
    /// </summary>
    public IReadOnlyList<(BlobHash Hash, int Size)> Required => [.. _required.Select(pair => (pair.Key, pair.Value))];

    public IReadOnlyList<StoredInvite> InvitesOpened => _opened;

    public IReadOnlyList<InviteId> InvitesClosed => _closed;

    public bool IsNamed(BlobHash hash) => _named.Contains(hash);

    private void Seat(VerifiedCommit commit)
    {
        var body = commit.Body;
        if (body.Genesis is not null)
        {
            Seat(commit.Author, commit.After.Id, null);
        }

        foreach (var remove in body.Removes)
        {
            Seat(AccountId.Parse(remove.Account.Span), commit.After.Id, commit.Head);
        }

        if (body.Leave is not null)
        {
            Seat(commit.Author, commit.After.Id, commit.Head);
        }

        foreach (var add in body.Adds)
        {
            var added = AccountId.Parse(add.Account.Span);
            Seat(added, commit.After.Id, null);
            _ = add.Proof is null ? _uninvited.Add(added) : _uninvited.Remove(added);
        }
    }

    private void Seat(AccountId account, GroupId group, ChainHead? ended) =>
        _memberships[account] = new Membership(account, group, ended);

    private void Name(VerifiedGroup? before, VerifiedCommit commit)
    {
        foreach (var delete in commit.Body.Deletes)
        {
            Count(before?.Items.GetValueOrDefault(ItemId.Parse(delete.Item.Span)), -1);
        }

        foreach (var put in commit.Body.Puts)
        {
            var item = ItemId.Parse(put.Item.Span);
            var was = before?.Items.GetValueOrDefault(item);
            Count(was, -1);
            Count(commit.After.Items[item], +1);
            Require(BlobHash.Parse(put.BlobHash.Span), put.BlobSize);
            foreach (var chunk in put.Attachments)
            {
                if (was?.Attachments.Contains(chunk) == true)
                {
                    _named.Add(BlobHash.Parse(chunk.Hash.Span));
                }
                else
                {
                    Require(BlobHash.Parse(chunk.Hash.Span), chunk.Size);
                }
            }
        }
    }

    private void Require(BlobHash hash, uint size)
    {
        _named.Add(hash);
        _required[hash] = (int)size;
    }

    private void Count(LiveItem? item, int delta)
    {
        if (item is null)
        {
            return;
        }

        Count(item.BlobHash, item.BlobSize, delta);
        foreach (var chunk in item.Attachments)
        {
            Count(BlobHash.Parse(chunk.Hash.Span), chunk.Size, delta);
        }
    }

    private void Count(BlobHash hash, uint size, int delta)
    {
        var counted = _names.GetValueOrDefault(hash).Delta + delta;
        _names[hash] = new BlobName(hash, (int)size, counted);
    }

    private void Invite(VerifiedGroup? before, VerifiedGroup after)
    {
        foreach (var invite in after.Invites.Values.Where(invite => !(before?.Invites.ContainsKey(invite.Id) ?? false)))
        {
            _opened.Add(new StoredInvite(invite.Id, after.Id, invite.Key.Memory, invite.Opener, invite.Opened, null));
        }

        _closed.AddRange((before?.Invites.Keys ?? []).Where(invite => !after.Invites.ContainsKey(invite)));
    }
}
