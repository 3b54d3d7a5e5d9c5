using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>A member's anchor as a commit will leave it, with the entries that move it there. None: it stays.</summary>
internal sealed record MovedAnchor(VerifiedAccount Anchor, IReadOnlyList<SignedEntry> Entries);

/// <summary>Account chains of other people: fetched, verified, never taken on the relay's word.</summary>
internal sealed class MemberAnchors(ClientCore core)
{
    // More than a chain may have, its frames included: what goes on beyond is none, and is not kept until it ends (attack: pages of
    // megabytes, as many as a chain has entries).
    private const long BytesMax = 2 * Core.Limits.AccountBytes;

    /// <summary>A whole chain, verified from its genesis, that is the account asked for.</summary>
    public static async Task<(VerifiedAccount Account, List<SignedEntry> Entries)> FetchAsync(
        Transport.RelayCaller relay, AccountId account, CancellationToken cancellation)
    {
        var entries = await PullAsync(relay, account, 0, cancellation);
        var verdict = AccountRules.Verify(entries);
        if (!verdict.IsValid)
        {
            throw new VaultException(verdict.Fault);
        }

        return verdict.Value.Id == account
            ? (verdict.Value, entries)
            : throw new VaultException(new Fault(FaultCode.AccountMismatch).At(account.Value, 0, account));
    }

    /// <summary>
    /// Newer heads of a group's members, the own account from memory: fetched before every rotation, so that a new key is never
    /// sealed to a revoked device's account key when the revocation can be known.
    /// </summary>
    public async Task<SortedDictionary<AccountId, MovedAnchor>> RefreshAsync(VerifiedGroup state, CancellationToken cancellation)
    {
        var moved = new SortedDictionary<AccountId, MovedAnchor>();
        foreach (var member in state.Members.Values.Where(member => member.Account != core.Account!.Id))
        {
            List<SignedEntry> entries;
            try
            {
                entries = await PullAsync(core.Calls, member.Account, member.Anchor.Head.Seq + 1, cancellation);
            }
            catch (VaultException unknown) when (unknown.Code is FaultCode.UnknownAccount or FaultCode.NotAllowed)
            {
                continue;
            }

            // What does not extend the anchor is another branch or garbage: no re-anchor by this client.
            var extended = AccountRules.ExtendAll(member.Anchor, entries);
            if (entries.Count > 0 && extended.IsValid)
            {
                moved.Add(member.Account, new MovedAnchor(extended.Value, entries));
            }
        }

        return moved;
    }

    /// <summary>The own account's newer entries, when the group's anchor of it is behind.</summary>
    public MovedAnchor? Own(VerifiedGroup state)
    {
        var account = core.RequireAccount();
        if (state.MemberOf(account.Id) is not { } member || member.Anchor.Head.Seq >= account.State.Head.Seq)
        {
            return null;
        }

        return new MovedAnchor(account.State, account.Entries[(int)(member.Anchor.Head.Seq + 1)..]);
    }

    /// <summary>The entries that the relay serves from a position on, unverified; where they are more than a chain can be, the first of them.</summary>
    public static async Task<List<SignedEntry>> PullAsync(
        Transport.RelayCaller relay, AccountId account, ulong from, CancellationToken cancellation)
    {
        var entries = new List<SignedEntry>();
        for (var bytes = 0L; entries.Count < Core.Limits.AccountEntries && bytes <= BytesMax;)
        {
            var request = new PullAccountRequest { Account = account.ToByteString(), FromSeq = from + (ulong)entries.Count };
            var page = await relay.CallAsync((caller, options) => caller.Accounts.PullAccountAsync(request, options), cancellation);
            entries.AddRange(page.Entries);
            bytes += page.Entries.Sum(entry => (long)entry.CalculateSize());
            if (!page.More || page.Entries.Count == 0)
            {
                break;
            }
        }

        return entries;
    }
}
