using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>Accounts: registration, chains, lockers, deletion.</summary>
public sealed class AccountDesk
{
    private const string DeleteMethod = "/vault.v1.AccountService/DeleteAccount";
    private const int PushEntries = 64;
    private const int LockerBlobs = 4;
    private const int Attempts = 4;

    private readonly RelayParts _parts;
    private readonly RateLimiter<string> _registrations;

    internal AccountDesk(RelayParts parts)
    {
        _parts = parts;
        _registrations = new RateLimiter<string>(parts.Limits.Registrations, 16, parts.Time);
    }

    public async Task<RegisterResponse> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _registrations.Take("");
        RequireRegistration(request.RegistrationCode);
        if (request.Entries.Count is < 2 or > Limits.AccountEntries)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "entries");
        }

        var verdict = AccountRules.Verify(request.Entries);
        var account = verdict.IsValid ? verdict.Value : throw new RelayFaultException(verdict.Fault);
        var head = await AppendAsync(account.Id, request.Entries, request.LockerBlobs, FaultCode.AccountExists, mayFound: true, cancellationToken);
        return new RegisterResponse { Head = head.ToAccountHead() };
    }

    public async Task<PushAccountResponse> PushAsync(Session session, PushAccountRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        var id = Own(session, request.Account);
        if (request.Entries.Count is 0 or > PushEntries)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "entries");
        }

        if (session.Kind == SessionKind.Locker && request.Entries.Any(IsByDevice))
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "a locker session pushes what the identity key signs");
        }

        var head = await AppendAsync(id, request.Entries, request.LockerBlobs, FaultCode.HeadMoved, mayFound: false, cancellationToken);
        return new PushAccountResponse { Head = head.ToAccountHead() };
    }

    public async Task<PullAccountResponse> PullAsync(Session session, PullAccountRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        var id = Parse(request.Account);
        if (session.Kind != SessionKind.Device && id != session.Account)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed);
        }

        var page = await _parts.Store.ReadAccountAsync(id, request.FromSeq, Limits.AccountBytes, cancellationToken) ?? throw Unknown();
        var response = new PullAccountResponse { Head = page.Head.ToAccountHead(), More = page.More };
        response.Entries.AddRange(page.Entries.Select(stored => stored.Entry));
        return response;
    }

    public async Task<GetLockerResponse> GetLockerAsync(Session session, GetLockerRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        var blobs = await _parts.Store.ReadLockerAsync(Own(session, request.Account), cancellationToken);
        if (blobs.Count == 0)
        {
            throw Unknown();
        }

        var response = new GetLockerResponse();
        response.LockerBlobs.AddRange(blobs.Select(blob => UnsafeByteOperations.UnsafeWrap(blob.Content)));
        return response;
    }

    public async Task<DeleteAccountResponse> DeleteAsync(DeleteAccountRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = Parse(request.Account);
        var proof = _parts.Proofs.OpenRequestBody(request.Proof, DeleteMethod, request.Account.Span);
        var account = await _parts.Chains.AccountAsync(id, cancellationToken) ?? throw Unknown();
        if (proof.Account != request.Account || !proof.Device.IsEmpty)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "the identity key signs");
        }

        Proofs.RequireSignature(request.Proof, account.IdentityKey);
        var result = await _parts.WriteAsync(new StoreWrite.DeleteAccount(id), cancellationToken);
        _parts.Sessions.EndAll(id);
        return result.Applied ? new DeleteAccountResponse() : throw Unknown();
    }

    private async Task<ChainHead> AppendAsync(
        AccountId id,
        IReadOnlyList<SignedEntry> entries,
        IReadOnlyList<ByteString> lockerBlobs,
        FaultCode diverged,
        bool mayFound,
        CancellationToken cancellationToken)
    {
        var blobs = Blobs(lockerBlobs);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await _parts.Chains.AccountAsync(id, cancellationToken);
            if (before is null && !mayFound)
            {
                throw Unknown();
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
            var login = after.Login ?? throw RelayFaultException.Of(FaultCode.AccountLogin);
            Hash32[] keys = [.. login.Ways.Select(way => Hash32.Parse(TaggedHash.Of(Purpose.HashAuthKey, way.AuthKey.Span)))];
            BlobHash[] locker =
                [.. login.Ways.Select(way => way.WrapHash).Append(login.DailyHash).Append(login.AuthorityHash).Select(h => BlobHash.Parse(h.Span))];
            var write = new StoreWrite.AppendAccount(
                id, before?.Head, stored, keys, locker, [.. blobs.Where(blob => locker.Contains(blob.Hash))]);
            var result = await _parts.WriteAsync(write, cancellationToken);
            switch (result.Status)
            {
                case WriteStatus.Applied:
                    _parts.Chains.Remember(after);
                    _parts.Sessions.EndUnauthorised(after);
                    return after.Head;
                case WriteStatus.BlobMissing:
                    throw RelayFaultException.Of(FaultCode.BadBlob, "locker");
                case WriteStatus.KeyTaken:
                    throw RelayFaultException.Of(FaultCode.AccountExists, "auth key");
            }
        }

        throw RelayFaultException.Of(diverged);
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

        var page = await _parts.Store.ReadAccountAsync(id, first.Seq, Limits.AccountBytes, cancellationToken) ?? throw Unknown();
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

    // In a recovery window the operator takes accounts back, whatever registration says.
    private void RequireRegistration(string code)
    {
        var allowed = _parts.Window.IsOpen || _parts.Options.Registration switch
        {
            Registration.Open => true,
            Registration.Code => _parts.Options.RegistrationCode.Length > 0 && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(_parts.Options.RegistrationCode)),
            _ => false,
        };
        if (!allowed)
        {
            throw RelayFaultException.Of(FaultCode.RegistrationClosed);
        }
    }

    private static bool IsByDevice(SignedEntry entry) =>
        !Canonical.TryParse(AccountBody.Parser, entry.Body, out var body) || !body.AuthorDevice.IsEmpty;

    private static AccountId Own(Session session, ByteString account)
    {
        var id = Parse(account);
        return session.Kind is SessionKind.Device or SessionKind.Locker && session.Account == id
            ? id
            : throw RelayFaultException.Of(FaultCode.NotAllowed);
    }

    private static AccountId Parse(ByteString account) =>
        AccountId.TryParse(account, out var id) ? id : throw RelayFaultException.Of(FaultCode.BadRequest, "account");

    private static RelayFaultException Unknown() => RelayFaultException.Of(FaultCode.UnknownAccount);
}
