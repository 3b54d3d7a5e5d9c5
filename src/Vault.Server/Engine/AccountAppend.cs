using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>Entries go onto an account chain by compare and swap on its head, judged by the rules that clients judge by.</summary>
internal sealed class AccountAppend(RelayParts parts)
{
    private const int LockerBlobs = 4;
    private const int Attempts = 4;

    /// <summary>On what terms entries are taken.</summary>
    /// <param name="MayFound">Whether the account may be new here.</param>
    /// <param name="IsOnCredit">Whether locker parts may follow: who gives back a chain in a window may hold an older locker.</param>
    public readonly record struct Terms(bool MayFound, bool IsOnCredit);

    /// <summary>Appends what is new among entries, in order; returns the head after it.</summary>
    /// <exception cref="RelayFaultException">The rules' verdict, BAD_BLOB, ACCOUNT_EXISTS, UNKNOWN_ACCOUNT, or that they diverge.</exception>
    public async Task<ChainHead> RunAsync(
        AccountId id,
        IReadOnlyList<SignedEntry> entries,
        IReadOnlyList<ByteString> lockerBlobs,
        FaultCode diverged,
        Terms terms,
        CancellationToken cancellationToken)
    {
        var blobs = Blobs(lockerBlobs);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await parts.Chains.AccountAsync(id, cancellationToken);
            if (before is null && !terms.MayFound)
            {
                throw RelayFaultException.Of(FaultCode.UnknownAccount);
            }

            var added = await NewEntriesAsync(id, before, entries, diverged, cancellationToken);
            if (added is null)
            {
                continue;
            }

            if (added.Count == 0)
            {
                return before!.Head;
            }

            var (after, stored) = Verify(before, added);
            var result = await parts.WriteAsync(Write(after, before?.Head, stored, blobs) with { IsOnCredit = terms.IsOnCredit }, cancellationToken);
            switch (result.Status)
            {
                case WriteStatus.Applied:
                    parts.Chains.Remember(after);
                    parts.Sessions.EndUnauthorised(after);
                    return after.Head;
                case WriteStatus.BlobMissing:
                    throw RelayFaultException.Of(FaultCode.BadBlob, "locker");
                case WriteStatus.KeyTaken:
                    throw RelayFaultException.Of(FaultCode.AccountExists, "auth key");
            }
        }

        throw RelayFaultException.Of(diverged);
    }

    /// <summary>Locker parts that the head names and that are not here yet; returns those still lacking.</summary>
    public async Task<IReadOnlyList<ByteString>> FillAsync(VerifiedAccount account, IReadOnlyList<ByteString> lockerBlobs, CancellationToken cancellationToken)
    {
        var write = Write(account, account.Head, [], Blobs(lockerBlobs)) with { IsOnCredit = true };
        await parts.WriteAsync(write, cancellationToken);
        var held = (await parts.Store.ReadLockerAsync(account.Id, cancellationToken)).Select(blob => blob.Hash).ToHashSet();
        return [.. write.LockerHashes.Where(hash => !held.Contains(hash)).Select(hash => hash.ToByteString())];
    }

    private static StoreWrite.AppendAccount Write(VerifiedAccount after, ChainHead? expected, IReadOnlyList<StoredEntry> added, List<StoredBlob> blobs)
    {
        var login = after.Login ?? throw RelayFaultException.Of(FaultCode.AccountLogin);
        Hash32[] keys = [.. login.Ways.Select(way => Hash32.Parse(TaggedHash.Of(Purpose.HashAuthKey, way.AuthKey.Span)))];
        BlobHash[] locker =
            [.. login.Ways.Select(way => way.WrapHash).Append(login.DailyHash).Append(login.AuthorityHash).Select(h => BlobHash.Parse(h.Span))];
        return new StoreWrite.AppendAccount(after.Id, expected, added, keys, locker, [.. blobs.Where(blob => locker.Contains(blob.Hash))]);
    }

    /// <summary>
    /// The entries that do not stand yet: all that stand come first, or the chains diverge. Null: the head moved meanwhile.
    /// </summary>
    private async Task<IReadOnlyList<SignedEntry>?> NewEntriesAsync(
        AccountId id, VerifiedAccount? before, IReadOnlyList<SignedEntry> entries, FaultCode diverged, CancellationToken cancellationToken)
    {
        if (before is null || !Canonical.TryParse(AccountBody.Parser, entries[0].Body, out var first) || first.Seq > before.Head.Seq)
        {
            if (before is not null && Canonical.TryParse(AccountBody.Parser, entries[0].Body, out var next)
                && (next.Seq != before.Head.Seq + 1 || next.Prev != before.Head.Id.ToByteString()))
            {
                throw RelayFaultException.Of(diverged);
            }

            return entries;
        }

        if (!EntryId.TryParse(first.Prev, out var prev))
        {
            throw RelayFaultException.Of(FaultCode.BadField, "prev");
        }

        var page = await parts.Store.ReadAccountAsync(id, first.Seq, Limits.AccountBytes, cancellationToken) ?? throw RelayFaultException.Of(FaultCode.UnknownAccount);
        for (var i = 0; i < entries.Count; i++)
        {
            if (i == page.Entries.Count)
            {
                return page.Head == before.Head ? [.. entries.Skip(i)] : null;
            }

            prev = EntryIds.OfAccountEntry(prev, entries[i]);
            if (page.Entries[i].Head.Id != prev)
            {
                throw RelayFaultException.Of(diverged);
            }
        }

        return [];
    }

    private static (VerifiedAccount After, List<StoredEntry> Stored) Verify(VerifiedAccount? before, IReadOnlyList<SignedEntry> entries)
    {
        var stored = new List<StoredEntry>(entries.Count);
        var state = before;
        foreach (var entry in entries)
        {
            var verdict = state is null ? AccountRules.Found(entry) : AccountRules.Extend(state, entry);
            state = verdict.IsValid ? verdict.Value : throw new RelayFaultException(verdict.Fault);
            stored.Add(new StoredEntry(state.Head, entry));
        }

        return (state!, stored);
    }

    private static List<StoredBlob> Blobs(IReadOnlyList<ByteString> contents)
    {
        if (contents.Count > LockerBlobs || contents.Any(content => content.Length is 0 or > Limits.LockerBlobBytes))
        {
            throw RelayFaultException.Of(FaultCode.BadBlob, "locker");
        }

        return [.. contents.Select(content => new StoredBlob(BlobHashes.Of(content.Span), content.Memory))];
    }
}
