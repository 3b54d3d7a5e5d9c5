using Vault.Client.Transport;
using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Protocol.V1;

namespace Vault.Client.Accounts;

/// <summary>The account of this home, as far as a locked client knows it: the verified chain, the device, the sync key.</summary>
internal sealed class OwnAccount(
    VerifiedAccount state, List<SignedEntry> entries, DeviceId device, RelayAddress relay, SigningKey syncKey) : IDisposable
{
    public AccountId Id => State.Id;

    public DeviceId Device { get; } = device;

    public RelayAddress Relay { get; } = relay;

    /// <summary>Opens sessions and signs attestations; nothing else.</summary>
    public SigningKey SyncKey { get; } = syncKey;

    public VerifiedAccount State { get; private set; } = state;

    public List<SignedEntry> Entries { get; } = entries;

    /// <summary>The id of the entry at a position. Null: the chain is not that long.</summary>
    public EntryId? IdAt(ulong seq)
    {
        if (seq >= State.Head.Seq)
        {
            return seq == State.Head.Seq ? State.Head.Id : null;
        }

        return EntryIds.OfAccountEntryAt(Entries, seq);
    }

    public void Extend(VerifiedAccount after, IEnumerable<SignedEntry> entries)
    {
        State = after;
        Entries.AddRange(entries);
    }

    public void Dispose() => SyncKey.Dispose();
}
