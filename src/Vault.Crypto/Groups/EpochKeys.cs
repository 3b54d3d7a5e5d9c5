using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Accounts;
using Vault.Protocol.V1;

namespace Vault.Crypto.Groups;

/// <summary>
/// The group keys that one member holds of one group. Every key is checked against the chain's commitment before it is kept,
/// and a commit's own seal, commitment and wraps are judged together (attack: an editor bricks the group with junk, or with an
/// epoch that leads to no older one). Give it every commit that carries a key, in the order of the chain.
/// </summary>
public sealed class EpochKeys(GroupId group, AccountId me) : IDisposable
{
    private readonly SortedDictionary<ulong, GroupKey> _keys = [];

    // Epochs as they were started, and those whose wrap of an older key was opened and is that key.
    private readonly SortedDictionary<ulong, Started> _started = [];
    private readonly Dictionary<ulong, SortedSet<ulong>> _beneath = [];

    // Who was added by a seal of a key that was current then.
    private readonly Dictionary<AccountId, SortedSet<ulong>> _added = [];

    /// <summary>Epochs whose keys are held, ascending.</summary>
    public IReadOnlyCollection<ulong> Known => _keys.Keys;

    /// <summary>The key of an epoch; null when it is not held.</summary>
    public GroupKey? KeyOf(ulong epoch) => _keys.GetValueOrDefault(epoch);

    /// <summary>
    /// Learns from a commit that started an epoch or added somebody: the key sealed to this member, and all that lies wrapped
    /// beneath it. A fault 401 names a bad seal, commitment or wrap; keys that did open stay.
    /// </summary>
    /// <param name="commit">A verified commit.</param>
    /// <param name="daily">Own sealing keys; whichever the seal was made for is used.</param>
    public Fault? Learn(VerifiedCommit commit, DailySecrets daily)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Body.Epoch is { } epoch)
        {
            _started[epoch.Number] = new Started(epoch, commit.Author);
            var own = epoch.Seals.FirstOrDefault(seal => seal.Account == me.ToByteString());
            var fault = own is null || _keys.ContainsKey(epoch.Number) ? null : OpenSeal(own, epoch.Number, commit.Author, daily);
            fault ??= OpenBeneath(epoch.Number);
            return fault?.At(group.Value, commit.Head.Seq, commit.Author);
        }

        var current = commit.After.Epoch;
        foreach (var add in commit.Body.Adds)
        {
            _added.TryAdd(AccountId.Parse(add.Account.Span), []);
            _added[AccountId.Parse(add.Account.Span)].Add(current);
        }

        // The add of oneself carries one seal of the key that was current then.
        var mine = commit.Body.Adds.FirstOrDefault(add => add.Account == me.ToByteString());
        if (mine?.Seal is null || _keys.ContainsKey(current))
        {
            return null;
        }

        var bad = OpenSeal(mine.Seal, current, commit.Author, daily)?.At(group.Value, commit.Head.Seq, commit.Author);
        _ = OpenBeneath(current);
        return bad;
    }

    /// <summary>
    /// Whether an epoch leads to every older one that its author can open, as far as this member holds them. Fault 401 names the
    /// author, and in its detail who started what is not reached: a seal to the author alone may have been bad, which only those two
    /// know. Whoever holds both keys starts the next epoch, and it is over. What nobody sealed to the author is not asked of them.
    /// </summary>
    public Fault? JudgeReach(VerifiedCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Body.Epoch is not { } epoch || !_keys.ContainsKey(epoch.Number))
        {
            return null;
        }

        var reached = Reach([epoch.Number]);
        var left = _keys.Keys.Where(older => older < epoch.Number && !reached.Contains(older)).ToHashSet();
        if (left.Count == 0)
        {
            return null;
        }

        left.IntersectWith(Reach(SealedTo(commit.Author).Where(older => older < epoch.Number)));
        return left.Count == 0
            ? null
            : new Fault(FaultCode.BadEpoch, Describe(left.Max())).At(group.Value, commit.Head.Seq, commit.Author);
    }

    /// <summary>The fewest held epochs below one that lead to all held ones below it, newest first.</summary>
    public IEnumerable<ulong> Roots(ulong below)
    {
        var reached = new HashSet<ulong>();
        foreach (var epoch in _keys.Keys.Where(epoch => epoch < below).Reverse())
        {
            if (!reached.Contains(epoch))
            {
                yield return epoch;
                reached.UnionWith(Reach([epoch]));
            }
        }
    }

    /// <summary>Takes the key of an epoch that this device itself has just started.</summary>
    public void Take(ulong epoch, GroupKey key) => _keys[epoch] = key;

    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }

        _keys.Clear();
    }

    public override string ToString() => $"EpochKeys({_keys.Count} held, redacted)";

    private Fault? OpenSeal(Seal seal, ulong number, AccountId author, DailySecrets daily)
    {
        var about = new GroupKeySeal(group.ToArray(), number, me.ToArray(), author.ToArray());
        var recipient = daily.Find(seal.KeyId.Span);
        var key = recipient is null ? null : GroupKey.Open(recipient, about, seal.Sealed.Span);
        return key is not null && Keep(number, key) ? null : new Fault(FaultCode.BadEpoch, "own seal");
    }

    // Opens the wraps of an epoch whose key is held, and of every epoch whose key that gives: an epoch that was bad for this member
    // alone comes back with the next one, and with it all beneath it. The fault is about the first one's wraps.
    private Fault? OpenBeneath(ulong number)
    {
        Fault? fault = null;
        var open = new Stack<ulong>([number]);
        while (open.TryPop(out var at))
        {
            if (!_keys.TryGetValue(at, out var newer) || !_started.TryGetValue(at, out var started))
            {
                continue;
            }

            var beneath = _beneath[at] = [];
            foreach (var wrap in started.Epoch.Wraps)
            {
                var isNew = !_keys.ContainsKey(wrap.Epoch);
                var older = newer.Unwrap(wrap.Box.Span, group.ToArray(), wrap.Epoch, at);
                if (older is null || !Keep(wrap.Epoch, older))
                {
                    fault ??= at == number ? new Fault(FaultCode.BadEpoch, $"wrap of epoch {wrap.Epoch}") : null;
                    continue;
                }

                beneath.Add(wrap.Epoch);
                if (isNew)
                {
                    open.Push(wrap.Epoch);
                }
            }
        }

        return fault;
    }

    private HashSet<ulong> Reach(IEnumerable<ulong> from)
    {
        var reached = from.ToHashSet();
        var open = new Stack<ulong>(reached);
        while (open.TryPop(out var at))
        {
            foreach (var older in _beneath.GetValueOrDefault(at, []).Where(reached.Add))
            {
                open.Push(older);
            }
        }

        return reached;
    }

    private IEnumerable<ulong> SealedTo(AccountId account)
    {
        var bytes = account.ToByteString();
        return _started.Where(pair => pair.Value.Epoch.Seals.Any(seal => seal.Account == bytes)).Select(pair => pair.Key)
            .Concat(_added.GetValueOrDefault(account, []));
    }

    private string Describe(ulong epoch) =>
        _started.TryGetValue(epoch, out var started) ? $"no way to epoch {epoch} by {started.Author.ToString()[..16]}" : $"no way to epoch {epoch}";

    private bool Keep(ulong epoch, GroupKey key)
    {
        if (!_started.TryGetValue(epoch, out var started) || !key.Matches(group.ToArray(), epoch, started.Epoch.Commitment.Span))
        {
            key.Dispose();
            return false;
        }

        if (!_keys.TryAdd(epoch, key))
        {
            key.Dispose();
        }

        return true;
    }

    private sealed record Started(Epoch Epoch, AccountId Author);
}
