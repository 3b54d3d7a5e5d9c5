using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>
/// Verified states at the stored heads. A cached state is a starting point, never an answer: each call asks the store for
/// what came after it, so a stale entry costs time and nothing else.
/// </summary>
internal sealed class VerifiedChains(IRelayStore store, long cacheBytes)
{
    private readonly BoundedCache<AccountId, VerifiedAccount> _accounts = new(cacheBytes / 4, Weigh);
    private readonly BoundedCache<GroupId, VerifiedGroup> _groups = new(cacheBytes / 4 * 3, Weigh);

    /// <summary>The account at its stored head. Null: not stored.</summary>
    public async ValueTask<VerifiedAccount?> AccountAsync(AccountId id, CancellationToken cancellationToken)
    {
        var state = _accounts.Get(id);
        while (true)
        {
            var page = await store.ReadAccountAsync(id, state?.Head.Seq ?? 0, Limits.PullPageBytes, cancellationToken);
            if (page is null)
            {
                _accounts.Remove(id);
                return null;
            }

            if (state is not null && (page.Entries.Count == 0 || page.Entries[0].Head != state.Head))
            {
                state = null;
                continue;
            }

            foreach (var stored in state is null ? page.Entries : page.Entries.Skip(1))
            {
                state = Trust(state is null ? AccountRules.Found(stored.Entry) : AccountRules.Extend(state, stored.Entry));
            }

            if (!page.More)
            {
                _accounts.Put(id, state!);
                return state;
            }
        }
    }

    /// <summary>The group at its stored head. Null: not stored.</summary>
    public async ValueTask<VerifiedGroup?> GroupAsync(GroupId id, CancellationToken cancellationToken)
    {
        var state = _groups.Get(id);
        while (true)
        {
            var page = await store.ReadGroupAsync(id, state?.Head, Limits.PullPageBytes, null, cancellationToken);
            if (page is null)
            {
                _groups.Remove(id);
                return null;
            }

            if (!page.AfterStands)
            {
                state = null;
                continue;
            }

            foreach (var stored in page.Commits)
            {
                state = Trust(state is null ? GroupRules.Found(stored.Entry) : GroupRules.Extend(state, stored.Entry)).After;
            }

            if (!page.More)
            {
                _groups.Put(id, state!);
                return state;
            }
        }
    }

    /// <summary>The group as it was after one of its stored commits, verified from the genesis: no cache holds it. Null: no such commit.</summary>
    public async ValueTask<VerifiedGroup?> GroupAtAsync(GroupId id, ChainHead at, CancellationToken cancellationToken)
    {
        VerifiedGroup? state = null;
        while (await store.ReadGroupAsync(id, state?.Head, Limits.PullPageBytes, null, cancellationToken) is { AfterStands: true } page)
        {
            foreach (var stored in page.Commits)
            {
                state = Trust(state is null ? GroupRules.Found(stored.Entry) : GroupRules.Extend(state, stored.Entry)).After;
                if (state.Head.Seq == at.Seq)
                {
                    return state.Head == at ? state : null;
                }
            }

            if (!page.More)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The group as it was verified last, which the store may have left behind. Null: not remembered.</summary>
    public VerifiedGroup? Remembered(GroupId id) => _groups.Get(id);

    public void Remember(VerifiedAccount account) => _accounts.Put(account.Id, account);

    public void Remember(VerifiedGroup group) => _groups.Put(group.Id, group);

    /// <summary>What a state takes of memory, roughly.</summary>
    public static long Weigh(VerifiedGroup group) =>
        4_096 + group.Members.Values.Sum(member => 2_048L + member.Anchor.TotalBytes)
        + (group.Items.Count * 400L) + (group.DeletedItems.Count * 64L) + (group.Epochs.Count * 200L) + (group.Invites.Count * 1_024L);

    // What is stored was verified before it was stored. If it is not valid now, the database is damaged.
    private static T Trust<T>(Verdict<T> verdict)
        where T : class =>
        verdict.IsValid ? verdict.Value : throw new StoreUnavailableException($"A stored chain is damaged: {verdict.Fault}");

    private static long Weigh(VerifiedAccount account) => 4_096 + account.TotalBytes;
}
