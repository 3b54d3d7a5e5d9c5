using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>The own account chain: pulled and verified, pushed by compare and swap, given back to a relay that lost it.</summary>
internal sealed class AccountPuller(ClientCore core)
{
    /// <summary>Reads the own chain to the relay's head.</summary>
    public async Task PullAsync(CancellationToken cancellation)
    {
        var account = core.RequireAccount();
        while (true)
        {
            var seqWhenSent = account.State.Head.Seq;
            var request = new PullAccountRequest { Account = account.Id.ToByteString(), FromSeq = seqWhenSent + 1 };
            var page = await core.Calls.CallAsync((relay, options) => relay.Accounts.PullAccountAsync(request, options), cancellation);
            if (account.State.Head.Seq != seqWhenSent)
            {
                continue;
            }

            if (page.Entries.Count > 0)
            {
                Take([.. page.Entries]);
            }
            else if (ChainHead.TryParse(page.Head, out var head) && head.Seq < seqWhenSent)
            {
                await PushSuffixAsync(head, cancellation);
            }

            if (!page.More || page.Entries.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>Verifies entries that follow the own head, and records them.</summary>
    public void Take(IReadOnlyList<SignedEntry> entries)
    {
        var account = core.RequireAccount();
        var first = account.State.Head.Seq + 1;
        var verdict = AccountRules.ExtendAll(account.State, entries);
        if (!verdict.IsValid)
        {
            var forked = verdict.Fault.Code is FaultCode.WrongPrev or FaultCode.WrongSeq;
            core.AccountFault = forked ? new Fault(FaultCode.AccountForked) { Inner = verdict.Fault } : verdict.Fault;
            throw new VaultException(core.AccountFault);
        }

        core.Replica.Database.Transact("account", () =>
        {
            for (var i = 0; i < entries.Count; i++)
            {
                core.Replica.Chains.AddAccountEntry(account.Id, first + (ulong)i, entries[i]);
            }

            if (core.Keys is { } keys)
            {
                ReplicaGuard.Write(core, keys, account.Id.Value, verdict.Value.Head, verdict.Value.StateHash());
            }
        });
        account.Extend(verdict.Value, entries);
        if (!verdict.Value.IsAuthorised(account.Device))
        {
            core.AccountFault = new Fault(FaultCode.DeviceRevoked).At(account.Id.Value, verdict.Value.Head.Seq, account.Id);
        }
    }

    /// <summary>Pushes own entries on the present head; they count, and are kept, once the relay has taken them.</summary>
    public async Task PushAsync(IReadOnlyList<SignedEntry> entries, CancellationToken cancellation)
    {
        var account = core.RequireAccount();
        var request = new PushAccountRequest { Account = account.Id.ToByteString() };
        request.Entries.Add(entries);
        await core.Calls.CallAsync((relay, options) => relay.Accounts.PushAccountAsync(request, options), 2, cancellation);
        await PullAsync(cancellation);
    }

    private async Task PushSuffixAsync(ChainHead head, CancellationToken cancellation)
    {
        var account = core.RequireAccount();
        var request = new PushAccountRequest { Account = account.Id.ToByteString() };
        request.Entries.Add(account.Entries.Skip((int)head.Seq + 1).Take(64));
        if (core.Replica.Settings.Read(SettingTable.LockerBlobs) is { } blobs)
        {
            request.LockerBlobs.Add(GetLockerResponse.Parser.ParseFrom(blobs).LockerBlobs.Select(blob => ByteString.CopyFrom(blob.Span)));
        }

        await core.Calls.CallAsync((relay, options) => relay.Accounts.PushAccountAsync(request, options), 2, cancellation);
    }
}
