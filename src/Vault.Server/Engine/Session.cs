using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>Who is calling, as a proof showed it. Opens reads and rate limits; what changes state is signed itself.</summary>
public sealed class Session
{
    private readonly Lock _gate = new();
    private readonly TokenBucket _calls;
    private readonly TimeProvider _time;
    private readonly long _openedAt;
    private readonly TimeSpan _lifetime;
    private readonly List<Action<Fault>> _endings = [];
    private Fault? _ended;

    internal Session(
        SessionKind kind, AccountId? account, DeviceId? device, ByteString key, InviteId? invite, TimeSpan lifetime, Rate calls, TimeProvider time)
    {
        Kind = kind;
        Account = account ?? default;
        Device = device ?? default;
        Key = key;
        Invite = invite ?? default;
        _lifetime = lifetime;
        _time = time;
        _openedAt = time.GetTimestamp();
        _calls = new TokenBucket(calls, _openedAt);
    }

    public SessionKind Kind { get; }

    /// <summary>The account; for an invite session, the opener.</summary>
    public AccountId Account { get; }

    /// <summary>DEVICE: the device.</summary>
    public DeviceId Device { get; }

    /// <summary>The key that proved it.</summary>
    public ByteString Key { get; }

    /// <summary>INVITE: the invite.</summary>
    public InviteId Invite { get; }

    internal TimeSpan Lifetime => _lifetime;

    internal bool HasExpired => _time.GetElapsedTime(_openedAt) > _lifetime;

    /// <exception cref="RelayFaultException">The session ended, or calls too often.</exception>
    internal void Admit()
    {
        lock (_gate)
        {
            if (_ended is { } fault)
            {
                throw new RelayFaultException(fault);
            }

            if (HasExpired)
            {
                throw RelayFaultException.Of(FaultCode.Unauthenticated, "the session expired");
            }

            if (_calls.TryTake(1, _time) is { } wait)
            {
                throw RelayFaultException.Of(FaultCode.RateLimited, retryAfter: wait);
            }
        }
    }

    /// <summary>Ends the session and all that hangs on it, at once. The first reason stands.</summary>
    internal void End(Fault fault)
    {
        List<Action<Fault>> endings;
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = fault;
            endings = [.. _endings];
            _endings.Clear();
        }

        foreach (var ending in endings)
        {
            ending(fault);
        }
    }

    /// <summary>Runs when the session ends; at once if it has.</summary>
    internal void OnEnd(Action<Fault> ending)
    {
        Fault? ended;
        lock (_gate)
        {
            ended = _ended;
            if (ended is null)
            {
                _endings.Add(ending);
            }
        }

        if (ended is not null)
        {
            ending(ended);
        }
    }

    internal void NotOnEnd(Action<Fault> ending)
    {
        lock (_gate)
        {
            _endings.Remove(ending);
        }
    }
}
