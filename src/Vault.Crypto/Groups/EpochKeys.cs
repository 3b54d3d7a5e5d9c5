using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Accounts;
using Vault.Protocol.V1;

namespace Vault.Crypto.Groups;

/// <summary>
/// The group keys that one member holds of one group. Every key is checked against the chain's commitment before it is kept,
/// and a commit's own seal, commitment and wraps are judged together (attack: an editor bricks the group with junk).
/// </summary>
public sealed class EpochKeys(GroupId group, AccountId me) : IDisposable
{
    private readonly SortedDictionary<ulong, GroupKey> _keys = [];

    /// <summary>Epochs whose keys are held, ascending.</summary>
    public IReadOnlyCollection<ulong> Known => _keys.Keys;

    /// <summary>The key of an epoch; null when it is not held.</summary>
    public GroupKey? KeyOf(ulong epoch) => _keys.GetValueOrDefault(epoch);

    /// <summary>
    /// Learns from a commit that started an epoch. A fault 401 names a bad seal, commitment or wrap; keys that did open stay.
    /// </summary>
    /// <param name="commit">A verified commit.</param>
    /// <param name="daily">Own sealing keys; whichever the seal was made for is used.</param>
    public Fault? Learn(VerifiedCommit commit, DailySecrets daily)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Body.Epoch is { } epoch)
        {
            var record = commit.After.Epochs[epoch.Number];
            var own = epoch.Seals.FirstOrDefault(seal => seal.Account == me.ToByteString());
            var fault = own is null || _keys.ContainsKey(epoch.Number) ? null : OpenSeal(own, record, commit.Author, daily);
            fault ??= LearnWraps(commit.After, epoch);
            return fault?.At(group.Value, commit.Head.Seq, commit.Author);
        }

        // The add of oneself carries one seal of the key that was current then.
        var add = commit.Body.Adds.FirstOrDefault(add => add.Account == me.ToByteString());
        return add?.Seal is null || _keys.ContainsKey(commit.After.Epoch)
            ? null
            : OpenSeal(add.Seal, commit.After.Epochs[commit.After.Epoch], commit.Author, daily)
                ?.At(group.Value, commit.Head.Seq, commit.Author);
    }

    /// <summary>Opens the wraps of an epoch whose key is held; nothing when it is not. Call for older epochs, newest first, when a key arrives.</summary>
    public Fault? LearnWraps(VerifiedGroup state, Epoch epoch)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(epoch);
        if (KeyOf(epoch.Number) is not { } newer)
        {
            return null;
        }

        Fault? fault = null;
        foreach (var wrap in epoch.Wraps)
        {
            var older = newer.Unwrap(wrap.Box.Span, group.ToArray(), wrap.Epoch, epoch.Number);
            if (older is null || !Keep(wrap.Epoch, older, state.Epochs[wrap.Epoch]))
            {
                fault ??= new Fault(FaultCode.BadEpoch, $"wrap of epoch {wrap.Epoch}");
            }
        }

        return fault;
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

    private Fault? OpenSeal(Seal seal, EpochRecord record, AccountId author, DailySecrets daily)
    {
        var about = new GroupKeySeal(group.ToArray(), record.Number, me.ToArray(), author.ToArray());
        var recipient = daily.Find(seal.KeyId.Span);
        var key = recipient is null ? null : GroupKey.Open(recipient, about, seal.Sealed.Span);
        return key is not null && Keep(record.Number, key, record) ? null : new Fault(FaultCode.BadEpoch, "own seal");
    }

    private bool Keep(ulong epoch, GroupKey key, EpochRecord record)
    {
        if (!key.Matches(group.ToArray(), epoch, record.Commitment.Span))
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
}
