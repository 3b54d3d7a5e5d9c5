using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Items;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// What people could still read who are members no longer, with everything of theirs, and the relay's whole database in their hands: with
/// their kit they open their locker, with its sealing keys every seal that was ever made for them, under those keys every older key,
/// and try each on each value that was put since. No code of a client is asked what it holds.
/// </summary>
internal sealed class FormerMembers(Household house)
{
    /// <summary>Tries it for everybody who left or was removed, and takes down what opened.</summary>
    public void Try()
    {
        foreach (var person in house.People.Where(person => person.Account is not null))
        {
            using var daily = Locker(person);
            foreach (var chain in house.Chronicle.Known.Chains.Values.Where(chain => EndOf(chain, person.Account!.Value) is not null).ToList())
            {
                Try(person, daily, chain, EndOf(chain, person.Account!.Value)!.Value);
            }
        }
    }

    // The commit that ended the last membership. Null: there was none, or it goes on.
    private static ulong? EndOf(AcceptedChain chain, AccountId account) =>
        chain.Head is { } head && chain.Model.RoleOf(account) == Role.Unspecified
            ? chain.Commits.Where(commit => commit.Seq <= head.Seq && chain.Before(commit.Seq).RoleOf(account) != Role.Unspecified
                && chain.After(commit.Seq).RoleOf(account) == Role.Unspecified).Select(commit => (ulong?)commit.Seq).LastOrDefault()
            : null;

    private void Try(Person person, DailySecrets daily, AcceptedChain chain, ulong end)
    {
        var keys = Keys(person.Account!.Value, daily, chain);
        var (before, openedBefore) = Open(keys, chain.Group, chain.Commits.Take((int)end));
        var (after, opened) = Open(keys, chain.Group, chain.Commits.Skip((int)end + 1));
        house.Note("former keys tried", keys.Count * after);
        house.Chronicle.Add(new FormerKeys(person.Name, chain.Group, keys.Count, before, openedBefore, after, opened));
        keys.ForEach(key => key.Dispose());
    }

    private (int Blobs, int Opened) Open(List<GroupKey> keys, GroupId group, IEnumerable<CommitAccepted> commits)
    {
        var (blobs, opened) = (0, 0);
        foreach (var put in commits.SelectMany(commit => commit.Body.Puts))
        {
            if (house.Relay.Disk.Blob(group, put.BlobHash.Memory) is { } blob)
            {
                blobs++;
                opened += keys.Any(key => ItemBox.Open(key, group, ItemId.Parse(put.Item.Span), put.Epoch, blob) is not null) ? 1 : 0;
            }
        }

        return (blobs, opened);
    }

    private DailySecrets Locker(Person person)
    {
        if (!SecretKey.TryParse(person.Kit!.SecretKey, out var secret))
        {
            throw new InvalidOperationException($"{person.Name}'s kit holds no Secret Key.");
        }

        using (secret)
        using (var unlock = new FastUnlock().Derive(Person.Password.Span, secret))
        {
            var account = AccountRules.Verify(house.Relay.Disk.Entries(person.Account!.Value)).Value;
            return Crypto.Accounts.Locker.OpenDaily(account, unlock, house.Relay.Disk.Locker(account.Id)).Value;
        }
    }

    private static List<GroupKey> Keys(AccountId account, DailySecrets daily, AcceptedChain chain)
    {
        var me = account.ToByteString();
        var keys = new SortedDictionary<ulong, GroupKey>();
        foreach (var commit in chain.Commits)
        {
            var epoch = chain.After(commit.Seq).Epoch;
            var seals = (commit.Body.Epoch?.Seals ?? []).Where(seal => seal.Account == me)
                .Concat(commit.Body.Adds.Where(add => add.Account == me && add.Seal is not null).Select(add => add.Seal));
            foreach (var seal in seals)
            {
                var about = new GroupKeySeal(chain.Group.ToArray(), epoch, account.ToArray(), commit.Body.AuthorAccount.Span);
                if (daily.Find(seal.KeyId.Span) is { } mine && GroupKey.Open(mine, about, seal.Sealed.Span) is { } key && !keys.TryAdd(epoch, key))
                {
                    key.Dispose();
                }
            }
        }

        // Newest first: what a wrap gives may open the wraps beneath it.
        var wraps = chain.Commits.Where(commit => commit.Body.Epoch is not null)
            .SelectMany(commit => commit.Body.Epoch.Wraps.Select(wrap => (Newer: commit.Body.Epoch.Number, Wrap: wrap))).OrderByDescending(wrap => wrap.Newer);
        foreach (var (newer, wrap) in wraps)
        {
            if (!keys.ContainsKey(wrap.Epoch) && keys.TryGetValue(newer, out var above)
                && above.Unwrap(wrap.Box.Span, chain.Group.ToArray(), wrap.Epoch, newer) is { } older)
            {
                keys.Add(wrap.Epoch, older);
            }
        }

        return [.. keys.Values];
    }
}
