using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>
/// Account chains that commits carry, taken out of a group that is given back in a window: so a device that an account revoked, and
/// its groups know as revoked, is refused before the account's owner comes (attack: the thief is the first to return to an emptied
/// relay). What stands is only ever extended.
/// </summary>
internal sealed class RosterAccounts(RelayParts parts)
{
    private readonly AccountAppend _append = new(parts);

    /// <summary>Takes what verified commits say of members' accounts.</summary>
    public async Task TakeAsync(IReadOnlyList<VerifiedCommit> commits, CancellationToken cancellationToken)
    {
        var terms = new AccountAppend.Terms(MayFound: true, IsOnCredit: true);
        foreach (var (account, entries) in commits.SelectMany(Carried))
        {
            try
            {
                await _append.RunAsync(account, entries, [], FaultCode.HeadMoved, terms, cancellationToken);
            }
            catch (RelayFaultException)
            {
                // Another branch stands here, or what comes before is not here yet: the account's own devices bring the whole chain.
            }
        }
    }

    private static IEnumerable<(AccountId Account, IReadOnlyList<SignedEntry> Entries)> Carried(VerifiedCommit commit)
    {
        if (commit.Body.Genesis is { } genesis)
        {
            yield return (commit.Author, genesis.AccountEntries);
        }

        foreach (var add in commit.Body.Adds)
        {
            yield return (AccountId.Parse(add.Account.Span), add.AccountEntries);
        }

        foreach (var anchor in commit.Body.ReAnchors)
        {
            yield return (AccountId.Parse(anchor.Account.Span), anchor.Entries);
        }
    }
}
