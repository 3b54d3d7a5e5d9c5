using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>Accounts: registration, chains, lockers, deletion.</summary>
public sealed class AccountDesk
{
    private const string DeleteMethod = "/vault.v1.AccountService/DeleteAccount";
    private const int PushEntries = 64;

    private readonly RelayParts _parts;
    private readonly AccountAppend _append;
    private readonly RateLimiter<string> _registrations;
    private readonly RateLimiter<string> _refills;

    internal AccountDesk(RelayParts parts)
    {
        _parts = parts;
        _append = new AccountAppend(parts);
        _registrations = new RateLimiter<string>(parts.Limits.Registrations, 16, parts.Time);
        _refills = new RateLimiter<string>(parts.Limits.RefillsPerPeer, 10_000, parts.Time);
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
        var head = await _append.RunAsync(
            account.Id, request.Entries, request.LockerBlobs, FaultCode.AccountExists, new AccountAppend.Terms(MayFound: true, IsOnCredit: false), cancellationToken);
        return new RegisterResponse { Head = head.ToAccountHead() };
    }

    /// <summary>
    /// What this relay lost of an account, from whoever holds it: the entries prove themselves, and only ever extend what stands
    /// (attack: a revoked device brings its account back as it was before). An account that is not known is taken in a window alone.
    /// </summary>
    public async Task<RefillAccountResponse> RefillAsync(string peer, RefillAccountRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _refills.Take(peer);
        if (request.Entries.Count is < 2 or > Limits.AccountEntries)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "entries");
        }

        var verdict = AccountRules.Verify(request.Entries);
        var account = verdict.IsValid ? verdict.Value : throw new RelayFaultException(verdict.Fault);
        var terms = new AccountAppend.Terms(MayFound: _parts.Window.IsOpen, IsOnCredit: _parts.Window.IsOpen);
        var head = await _append.RunAsync(account.Id, request.Entries, request.LockerBlobs, FaultCode.HeadMoved, terms, cancellationToken);
        var response = new RefillAccountResponse();

        // Of a chain that is longer here, whoever brings a part of it learns nothing.
        if (head == account.Head)
        {
            response.MissingLockers.AddRange(await _append.FillAsync(account, request.LockerBlobs, cancellationToken));
        }

        return response;
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

        // On a restored head a device that is new would stand beside the lost entries that another device holds, and the account would be
        // forked for ever. Who has a device session may be bringing back what was lost.
        if (session.Kind == SessionKind.Locker && _parts.Window.IsOpen)
        {
            throw RelayFaultException.Of(FaultCode.RecoveryWindow);
        }

        var terms = new AccountAppend.Terms(MayFound: false, IsOnCredit: session.Kind == SessionKind.Device && _parts.Window.IsOpen);
        var head = await _append.RunAsync(id, request.Entries, request.LockerBlobs, FaultCode.HeadMoved, terms, cancellationToken);
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

    private void RequireRegistration(string code)
    {
        var allowed = _parts.Options.Registration switch
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
