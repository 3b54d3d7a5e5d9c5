using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>The own account chain: pulled and verified, pushed by compare and swap, given back to a relay that lost it.</summary>
internal sealed class AccountPuller(ClientCore core)
{
    private const int EntriesPerCall = 64;

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
                if (Take([.. page.Entries]) is { } fault)
                {
                    throw fault.Code is FaultCode.WrongPrev or FaultCode.WrongSeq ? await DivergedAsync(fault, cancellation) : new VaultException(fault);
                }
            }
            else if (ChainHead.TryParse(page.Head, out var head) && head.Seq <= seqWhenSent)
            {
                if (account.IdAt(head.Seq) != head.Id)
                {
                    throw await DivergedAsync(new Fault(FaultCode.WrongPrev, "head").At(account.Id.Value, head.Seq, account.Id), cancellation);
                }

                if (head.Seq < seqWhenSent)
                {
                    await PushSuffixAsync(head, cancellation);
                }
            }

            if (!page.More || page.Entries.Count == 0)
            {
                return;
            }
        }
    }

    // Verifies entries that follow the own head, and records them. A fault: none of them is recorded.
    private Fault? Take(IReadOnlyList<SignedEntry> entries)
    {
        var account = core.RequireAccount();
        var first = account.State.Head.Seq + 1;
        var verdict = AccountRules.ExtendAll(account.State, entries);
        if (!verdict.IsValid)
        {
            return verdict.Fault;
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

        return null;
    }

    // A chain that does not extend the own one is a fork only when it holds a valid entry on a prev that has one here; else it is the
    // relay's garbage, which costs a look and leaves nothing behind (attack: a sticky warning from unsigned bytes).
    private async Task<VaultException> DivergedAsync(Fault fault, CancellationToken cancellation)
    {
        if (core.AccountFault is { Code: FaultCode.AccountForked } known)
        {
            return new VaultException(known);
        }

        var account = core.RequireAccount();
        var theirs = await MemberAnchors.PullAsync(core.Calls, account.Id, 0, cancellation);
        var prev = new EntryId(Hash32.Zero);
        for (var i = 0; i < Math.Min(theirs.Count, account.Entries.Count); i++)
        {
            var id = EntryIds.OfAccountEntry(prev, theirs[i]);
            if (id == EntryIds.OfAccountEntry(prev, account.Entries[i]))
            {
                prev = id;
                continue;
            }

            // Another genesis is another account, whoever serves it.
            var other = i == 0 ? new Fault(FaultCode.AccountMismatch).At(account.Id.Value, 0, null)
                : AccountRules.Extend(AccountRules.Verify(account.Entries[..i]).Value, theirs[i]);
            return new VaultException(other.IsValid ? Fork(i, theirs[i]) : other.Fault);
        }

        return new VaultException(fault);
    }

    private Fault Fork(int seq, SignedEntry theirs)
    {
        var account = core.RequireAccount();
        core.Replica.Database.Transact("fork", () => core.Replica.Forks.Add(account.Id.Value, (ulong)seq, account.Entries[seq], theirs));
        return core.AccountFault = new Fault(FaultCode.AccountForked).At(account.Id.Value, (ulong)seq, account.Id);
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
        foreach (var entries in account.Entries.Skip((int)head.Seq + 1).Chunk(EntriesPerCall))
        {
            var request = new PushAccountRequest { Account = account.Id.ToByteString() };
            request.Entries.Add(entries);
            if (core.Replica.Settings.Read(SettingTable.LockerBlobs) is { } blobs)
            {
                request.LockerBlobs.Add(GetLockerResponse.Parser.ParseFrom(blobs).LockerBlobs.Select(blob => ByteString.CopyFrom(blob.Span)));
            }

            await core.Calls.CallAsync((relay, options) => relay.Accounts.PushAccountAsync(request, options), 2, cancellation);
        }
    }
}
