using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>Opens sessions: each kind by its key, and by nothing else.</summary>
public sealed class SessionDesk
{
    private readonly RelayParts _parts;
    private readonly RateLimiter<string> _perPeer;

    internal SessionDesk(RelayParts parts)
    {
        _parts = parts;
        _perPeer = new RateLimiter<string>(parts.Limits.NoncesPerPeer, 10_000, parts.Time);
    }

    /// <summary>A nonce for one proof.</summary>
    public GetNonceResponse GetNonce(string peer)
    {
        _perPeer.Take(peer);
        return new GetNonceResponse
        {
            Nonce = _parts.Proofs.CreateNonce().ToByteString(),
            LifetimeMs = (uint)_parts.Limits.NonceLifetime.TotalMilliseconds,
        };
    }

    /// <summary>A session for the holder of a key.</summary>
    public async Task<OpenSessionResponse> OpenAsync(OpenSessionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = _parts.Proofs.OpenSessionBody(request.Body);
        var session = body.Kind switch
        {
            SessionKind.Device => await DeviceAsync(body, cancellationToken),
            SessionKind.Locker => await LockerAsync(body, cancellationToken),
            SessionKind.Invite => await InviteAsync(body, cancellationToken),
            _ => throw RelayFaultException.Of(FaultCode.BadRequest, "session kind"),
        };
        if (!Signatures.Verify(Purpose.SignSession, session.Key.Span, request.Body.Span, request.Signature.Span))
        {
            throw RelayFaultException.Of(FaultCode.Unauthenticated, "session signature");
        }

        var token = _parts.Sessions.Add(session);
        await RecheckAsync(session, cancellationToken);
        return new OpenSessionResponse
        {
            Token = UnsafeByteOperations.UnsafeWrap(token),
            LifetimeMs = (uint)session.Lifetime.TotalMilliseconds,
            Account = session.Kind == SessionKind.Locker ? session.Account.ToByteString() : ByteString.Empty,
        };
    }

    private async Task<Session> DeviceAsync(SessionBody body, CancellationToken cancellationToken)
    {
        if (!AccountId.TryParse(body.Account, out var id) || !DeviceId.TryParse(body.Device, out var device) || !body.Key.IsEmpty)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "device session");
        }

        var account = await _parts.Chains.AccountAsync(id, cancellationToken);
        if (account is null || !account.IsAuthorised(device))
        {
            throw RelayFaultException.Of(FaultCode.Unauthenticated, "no such device, or without authority");
        }

        return Create(body.Kind, id, device, account.Devices[device].SyncKey, null, _parts.Limits.DeviceSessionLifetime);
    }

    private async Task<Session> LockerAsync(SessionBody body, CancellationToken cancellationToken)
    {
        RequireKeyAlone(body);
        var hash = Hash32.Parse(TaggedHash.Of(Purpose.HashAuthKey, body.Key.Span));
        var account = await _parts.Store.FindAccountAsync(hash, cancellationToken) ?? throw Unknown("no such auth key");
        return Create(body.Kind, account, null, body.Key, null, _parts.Limits.LockerSessionLifetime);
    }

    private async Task<Session> InviteAsync(SessionBody body, CancellationToken cancellationToken)
    {
        RequireKeyAlone(body);
        var id = KeyIds.OfInvite(body.Key.Span);
        var invites = await _parts.Store.ReadInvitesAsync(InviteQuery.ById(id), cancellationToken);
        if (invites is not [var invite] || !invite.Key.Span.SequenceEqual(body.Key.Span))
        {
            throw Unknown("no such invite");
        }

        return Create(body.Kind, invite.Opener, null, body.Key, id, _parts.Limits.InviteSessionLifetime);
    }

    // In a recovery window what is not here may be what was lost: a person who is told that a password is wrong, or a code used, throws away
    // what is right. A device that is not known hears so, and gives its account back.
    private RelayFaultException Unknown(string what) =>
        RelayFaultException.Of(_parts.Window.IsOpen ? FaultCode.RecoveryWindow : FaultCode.Unauthenticated, what);

    // A revocation between the look-up and the adding would miss this session: look again, now that it can be ended.
    private async Task RecheckAsync(Session session, CancellationToken cancellationToken)
    {
        if (session.Kind == SessionKind.Invite)
        {
            return;
        }

        var account = await _parts.Chains.AccountAsync(session.Account, cancellationToken);
        if (account is null || !Sessions.IsAuthorised(session, account))
        {
            var fault = new Fault(FaultCode.Unauthenticated, "the authority just ended");
            session.End(fault);
            throw new RelayFaultException(fault);
        }
    }

    private Session Create(SessionKind kind, AccountId? account, DeviceId? device, ByteString key, InviteId? invite, TimeSpan lifetime) =>
        new(kind, account, device, key, invite, lifetime, _parts.Limits.CallsPerSession, _parts.Time);

    private static void RequireKeyAlone(SessionBody body)
    {
        if (body.Key.Length != Limits.PublicKeyBytes || !body.Account.IsEmpty || !body.Device.IsEmpty)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "session by key");
        }
    }
}
