using System.Collections.Immutable;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>
/// The rules of the account chain: a pure, total function from state and entry to state or fault, the same on relay and
/// client. Numbers and order stand in FORMAT.md, section 4; the first fault is the verdict.
/// </summary>
public static class AccountRules
{
    /// <summary>The account that a genesis founds.</summary>
    public static Verdict<VerifiedAccount> Found(SignedEntry genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        // Nothing stands before a genesis that could vouch for a newer one, so it is unknown, never "update".
        var fault = ChainVerifier.Open(genesis, AccountBody.Parser, HeaderOf, null, _ => false, out var body);
        if (fault is not null)
        {
            return fault;
        }

        fault = AccountShape.Check(body);
        if (fault is null && body.OperationCase != AccountBody.OperationOneofCase.Genesis)
        {
            fault = new Fault(FaultCode.AccountGenesis, "entry 0 is a genesis");
        }

        fault ??= body.AuthorDevice.IsEmpty ? null : new Fault(FaultCode.WrongAuthor, "the identity key signs a genesis");
        fault ??= AccountSigners.Check(genesis, AccountSigners.OfGenesis(body.Genesis));
        if (fault is null && AccountSigners.FirstRepeated(AccountKeys.Of(body.Genesis), ImmutableSortedSet<Hash32>.Empty) is { } repeated)
        {
            fault = repeated;
        }

        var size = SizeOf(genesis);
        fault ??= size > Limits.AccountBytes ? new Fault(FaultCode.AccountFull, "bytes") : null;
        return fault is null
            ? AccountOperations.Found(genesis, body.Genesis, size)
            : ChainVerifier.Located(fault, HeaderOf(body), null);
    }

    /// <summary>The account after one more entry.</summary>
    public static Verdict<VerifiedAccount> Extend(VerifiedAccount before, SignedEntry entry)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(entry);
        var position = new ChainPosition(before.Id.Value, before.Head);
        var fault = ChainVerifier.Open(
            entry, AccountBody.Parser, HeaderOf, position, body => AccountSigners.IsByAuthor(before, entry, body), out var body);
        if (fault is not null)
        {
            return fault with { Author = before.Id };
        }

        var size = SizeOf(entry);
        fault = AccountShape.Check(body)
            ?? CheckPlacement(body)
            ?? CheckRoom(before, size)
            ?? AccountSigners.CheckAuthor(before, body)
            ?? AccountSigners.Check(entry, AccountSigners.Of(before, body))
            ?? AccountOperations.Check(before, body);
        if (fault is not null)
        {
            return ChainVerifier.Located(fault, HeaderOf(body), position) with { Author = before.Id };
        }

        var head = new ChainHead(body.Seq, EntryIds.OfAccountEntry(before.Head.Id, entry));
        return AccountOperations.Apply(before, body, head, before.TotalBytes + size);
    }

    /// <summary>The account that entries from the genesis on make.</summary>
    public static Verdict<VerifiedAccount> Verify(IReadOnlyList<SignedEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
        {
            return new Fault(FaultCode.AccountGenesis, "no entries");
        }

        var founded = Found(entries[0]);
        return founded.IsValid ? ExtendAll(founded.Value, entries.Skip(1)) : founded;
    }

    /// <summary>The account after further entries, or the first fault among them.</summary>
    public static Verdict<VerifiedAccount> ExtendAll(VerifiedAccount before, IEnumerable<SignedEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var account = before;
        foreach (var entry in entries)
        {
            var next = Extend(account, entry);
            if (!next.IsValid)
            {
                return next;
            }

            account = next.Value;
        }

        return account;
    }

    private static Fault? CheckPlacement(AccountBody body) => body.OperationCase switch
    {
        AccountBody.OperationOneofCase.Genesis => new Fault(FaultCode.AccountGenesis, "a genesis stands at 0 only"),
        AccountBody.OperationOneofCase.SetLogin when body.Seq != 1 => new Fault(FaultCode.AccountLogin, "set_login stands at 1 only"),
        not AccountBody.OperationOneofCase.SetLogin when body.Seq == 1 => new Fault(FaultCode.AccountLogin, "entry 1 is set_login"),
        _ => null,
    };

    private static Fault? CheckRoom(VerifiedAccount before, int size)
    {
        if (before.Head.Seq + 1 >= Limits.AccountEntries)
        {
            return new Fault(FaultCode.AccountFull, "entries");
        }

        return before.TotalBytes + size > Limits.AccountBytes ? new Fault(FaultCode.AccountFull, "bytes") : null;
    }

    private static int SizeOf(SignedEntry entry) => entry.Body.Length + entry.Signatures.Sum(signature => signature.Length);

    // The author of an account entry is always the account itself; its id is known once the genesis stands.
    private static EntryHeader HeaderOf(AccountBody body) =>
        new(body.Version, body.Account, body.Seq, body.Prev, AccountId.TryParse(body.Account, out var id) ? id : null);
}
