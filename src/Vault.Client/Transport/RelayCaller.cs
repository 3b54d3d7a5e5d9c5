using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Transport;

/// <summary>
/// Calls over one connection as one caller: opens the session when it is first needed, opens it anew when it has ended, bounds
/// every call in time, and turns trailers into faults. Not a retry policy: who calls knows whether again is right.
/// </summary>
internal sealed class RelayCaller : IDisposable
{
    private const string FaultTrailer = "vault-fault-bin";
    private const int TokenBytesMax = 1 << 10;

    private readonly RelayConnection _connection;
    private readonly TimeProvider _time;
    private readonly TimeSpan _deadline;
    private readonly Func<ByteString, OpenSessionRequest>? _prove;
    private readonly Func<RelayCaller, CancellationToken, Task<bool>>? _giveBack;
    private readonly bool _ownsConnection;
    private Task<OpenSessionResponse>? _session;

    /// <param name="giveBack">Called where the relay does not know the key; true: ask it again.</param>
    public RelayCaller(
        RelayConnection connection,
        TimeProvider time,
        TimeSpan deadline,
        Func<ByteString, OpenSessionRequest>? prove,
        Func<RelayCaller, CancellationToken, Task<bool>>? giveBack = null,
        bool ownsConnection = true)
    {
        _giveBack = giveBack;
        _connection = connection;
        _time = time;
        _deadline = deadline;
        _prove = prove;
        _ownsConnection = ownsConnection;
        Accounts = new AccountService.AccountServiceClient(connection.Calls);
        Groups = new GroupService.GroupServiceClient(connection.Calls);
        Mailbox = new MailboxService.MailboxServiceClient(connection.Calls);
        Sessions = new SessionService.SessionServiceClient(connection.Calls);
    }

    public AccountService.AccountServiceClient Accounts { get; }

    public GroupService.GroupServiceClient Groups { get; }

    public MailboxService.MailboxServiceClient Mailbox { get; }

    private SessionService.SessionServiceClient Sessions { get; }

    /// <summary>The same connection as another caller: an auth key's, an invite key's, or nobody's.</summary>
    public RelayCaller As(Func<ByteString, OpenSessionRequest>? prove) => new(_connection, _time, _deadline, prove, ownsConnection: false);

    /// <summary>One call. Throws <see cref="VaultException"/>: a fault, or offline.</summary>
    public Task<T> CallAsync<T>(Func<RelayCaller, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation) =>
        CallAsync(call, 1, cancellation);

    /// <summary>One call that may take several deadlines, because it carries much.</summary>
    public async Task<T> CallAsync<T>(
        Func<RelayCaller, CallOptions, AsyncUnaryCall<T>> call, int deadlines, CancellationToken cancellation)
    {
        var session = await SessionAsync(cancellation);
        try
        {
            return await BoundedAsync(options => call(this, options), Headers(session), deadlines, cancellation);
        }
        catch (VaultException ended) when (ended.Code == FaultCode.Unauthenticated && session is not null)
        {
            // Only the one that has ended: another call may have opened the next already.
            if (_session is { IsCompletedSuccessfully: true } known && ReferenceEquals(known.Result, session))
            {
                _session = null;
            }

            session = await SessionAsync(cancellation);
            return await BoundedAsync(options => call(this, options), Headers(session), deadlines, cancellation);
        }
    }

    /// <summary>Opens a stream, with a session. Its end is the caller's to see.</summary>
    public async Task<T> OpenStreamAsync<T>(Func<RelayCaller, CallOptions, T> open, CancellationToken cancellation)
    {
        var headers = Headers(await SessionAsync(cancellation));
        return open(this, new CallOptions(headers, cancellationToken: cancellation));
    }

    /// <summary>Makes the next call open a new session.</summary>
    public void ForgetSession() => _session = null;

    /// <summary>The account that the session belongs to, as the relay says; for auth keys.</summary>
    public async Task<ByteString> SessionAccountAsync(CancellationToken cancellation) =>
        (await SessionAsync(cancellation) ?? throw new InvalidOperationException("Nobody's calls have no session.")).Account;

    /// <summary>A fresh nonce, for a signed request.</summary>
    public async Task<ByteString> NonceAsync(CancellationToken cancellation)
    {
        var response = await BoundedAsync(options => Sessions.GetNonceAsync(new GetNonceRequest(), options), null, 1, cancellation);
        return response.Nonce;
    }

    /// <summary>The wall clock of the relay, to the second, where its transport says one. For display alone: it decides nothing.</summary>
    public async Task<DateTimeOffset?> ClockAsync(CancellationToken cancellation)
    {
        AsyncUnaryCall<GetNonceResponse>? asked = null;
        await BoundedAsync(options => asked = Sessions.GetNonceAsync(new GetNonceRequest(), options), null, 1, cancellation);
        var said = (await asked!.ResponseHeadersAsync).GetValue("date");
        return DateTimeOffset.TryParseExact(said, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    public void Dispose()
    {
        if (_ownsConnection)
        {
            _connection.Dispose();
        }
    }

    /// <summary>What a failed call means.</summary>
    public static VaultException Translate(RpcException failed)
    {
        var trailer = failed.Trailers.FirstOrDefault(entry => string.Equals(entry.Key, FaultTrailer, StringComparison.Ordinal));
        if (trailer is { IsBinary: true })
        {
            try
            {
                return new VaultException(Fault.FromWire(FaultInfo.Parser.ParseFrom(trailer.ValueBytes)));
            }
            catch (InvalidProtocolBufferException)
            {
                return VaultException.Offline("an unreadable answer", failed);
            }
        }

        if ((Certificate(failed) ?? Certificate(failed.Status.DebugException)) is { } refused)
        {
            return refused;
        }

        return VaultException.Offline(failed.StatusCode switch
        {
            StatusCode.DeadlineExceeded or StatusCode.Cancelled => "no answer in time",
            StatusCode.Unavailable => "no connection",
            StatusCode.Internal when failed.Status.DebugException is HttpRequestException or IOException => "the connection broke",
            _ => $"{failed.StatusCode}: {failed.Status.Detail}",
        }, failed);
    }

    // What this device said about the relay's certificate, wherever it stands among the causes. Null: nothing.
    private static VaultException? Certificate(Exception? failed)
    {
        for (var cause = failed; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PinMismatchException:
                    return new VaultException(new Fault(FaultCode.BadPin));
                case UntrustedCertificateException:
                    return new VaultException(new Fault(FaultCode.BadPin), cause.Message, failed);
            }
        }

        return null;
    }

    private static Metadata? Headers(OpenSessionResponse? session) =>
        session is null ? null : new Metadata { { "authorization", $"Bearer {session.Token.ToBase64()}" } };

    // One opening serves every call that waits for it, so it belongs to none of them: who gives up stops waiting and takes nobody
    // along (a poll that is cancelled would fail the push beside it). Deadlines bound it.
    private async Task<OpenSessionResponse?> SessionAsync(CancellationToken cancellation)
    {
        if (_prove is null)
        {
            return null;
        }

        if (_session is null or { IsFaulted: true } or { IsCanceled: true })
        {
            _session = OpenSessionAsync(_prove);
        }

        return await _session.WaitAsync(cancellation);
    }

    private async Task<OpenSessionResponse> OpenSessionAsync(Func<ByteString, OpenSessionRequest> prove)
    {
        try
        {
            return await ProveAsync(prove);
        }
        catch (VaultException unknown) when (unknown.Code == FaultCode.Unauthenticated && _giveBack is not null)
        {
            if (!await _giveBack(this, CancellationToken.None))
            {
                throw;
            }

            return await ProveAsync(prove);
        }
    }

    private async Task<OpenSessionResponse> ProveAsync(Func<ByteString, OpenSessionRequest> prove)
    {
        var proof = prove(await NonceAsync(CancellationToken.None));
        var session = await BoundedAsync(options => Sessions.OpenSessionAsync(proof, options), null, 1, CancellationToken.None);

        // It rides on every call. One that no header holds fails them all, and none of them with what would have another opened (attack:
        // one answer, and a device calls nobody until it starts anew).
        return session.Token.Length <= TokenBytesMax
            ? session
            : throw new VaultException(new Fault(FaultCode.BadRequest, "a session token that is too long"));
    }

    private async Task<T> BoundedAsync<T>(
        Func<CallOptions, AsyncUnaryCall<T>> call, Metadata? headers, int deadlines, CancellationToken cancellation)
    {
        // Not gRPC's deadline: that one reads the wall clock, and a simulation's time is not on it.
        using var timeout = new CancellationTokenSource(_deadline * deadlines, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var running = call(new CallOptions(headers, cancellationToken: either.Token));
            return await running.ResponseAsync;
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (RpcException failed)
        {
            throw Translate(failed);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw VaultException.Offline("no answer in time");
        }
        catch (ObjectDisposedException gone)
        {
            // Dialled anew by somebody else meanwhile, between two calls of this one: a lost link like any other, and no defect.
            throw VaultException.Offline("the connection was given up", gone);
        }
    }
}
