using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>
/// Open sessions, in memory, by the hash of their tokens (attack: a stolen memory image or log opens nothing). Bounded in
/// all and for each key: the oldest goes.
/// </summary>
internal sealed class Sessions(RelayLimits limits, IRandomSource random)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash32, Session> _byToken = [];
    private readonly Dictionary<ByteString, Queue<Hash32>> _byKey = [];
    private readonly Queue<Hash32> _order = new();

    /// <summary>Adds a session and returns its token.</summary>
    public byte[] Add(Session session)
    {
        var token = new byte[Hash32.Size];
        random.Fill(token);
        List<Session> crowded = [];
        lock (_gate)
        {
            if (!_byKey.TryGetValue(session.Key, out var ofKey))
            {
                _byKey.Add(session.Key, ofKey = new Queue<Hash32>());
            }

            while (ofKey.Count >= limits.SessionsPerKey)
            {
                Remove(ofKey.Dequeue(), crowded);
            }

            while ((_byToken.Count >= limits.Sessions || _order.Count >= 2 * limits.Sessions) && _order.TryDequeue(out var oldest))
            {
                Remove(oldest, crowded);
            }

            var added = HashOf(token);
            _byToken.Add(added, session);
            ofKey.Enqueue(added);
            _order.Enqueue(added);
        }

        End(crowded, new Fault(FaultCode.Unauthenticated, "too many sessions"));
        return token;
    }

    /// <exception cref="RelayFaultException">UNAUTHENTICATED, SESSION_REVOKED or RATE_LIMITED.</exception>
    public Session Admit(ReadOnlySpan<byte> token)
    {
        Session? session;
        lock (_gate)
        {
            _byToken.TryGetValue(HashOf(token), out session);
        }

        session = session ?? throw RelayFaultException.Of(FaultCode.Unauthenticated, "no such session");
        session.Admit();
        return session;
    }

    /// <summary>Ends what an account's new state does not allow any more: its revoked devices, its old auth keys.</summary>
    public void EndUnauthorised(VerifiedAccount account)
    {
        List<Session> fallen;
        lock (_gate)
        {
            fallen = [.. _byToken.Values.Where(session => session.Account == account.Id && !IsAuthorised(session, account))];
        }

        End(fallen, new Fault(FaultCode.SessionRevoked));
    }

    public void EndAll(AccountId account)
    {
        List<Session> fallen;
        lock (_gate)
        {
            fallen = [.. _byToken.Values.Where(session => session.Account == account)];
        }

        End(fallen, new Fault(FaultCode.SessionRevoked));
    }

    /// <summary>Drops expired sessions. Streams end with them.</summary>
    public void Sweep()
    {
        List<Session> expired;
        lock (_gate)
        {
            expired = [.. _byToken.Values.Where(session => session.HasExpired)];
        }

        End(expired, new Fault(FaultCode.Unauthenticated, "the session expired"));
    }

    public static bool IsAuthorised(Session session, VerifiedAccount account) => session.Kind switch
    {
        SessionKind.Device => account.IsAuthorised(session.Device),
        SessionKind.Locker => account.Login?.Ways.Any(way => way.AuthKey == session.Key) ?? false,
        _ => true,
    };

    private void Remove(Hash32 token, List<Session> removed)
    {
        if (_byToken.Remove(token, out var session))
        {
            removed.Add(session);
        }
    }

    private static Hash32 HashOf(ReadOnlySpan<byte> token) => Hash32.Parse(TaggedHash.Of(Purpose.HashSessionToken, token));

    // A session that ended stays until it expires or is crowded out, so that its holder learns why; it admits nothing.
    private void End(List<Session> sessions, Fault fault)
    {
        foreach (var session in sessions)
        {
            session.End(fault);
        }

        lock (_gate)
        {
            foreach (var (token, session) in _byToken.Where(pair => pair.Value.HasExpired).ToList())
            {
                _byToken.Remove(token);
                if (_byKey.TryGetValue(session.Key, out var ofKey) && !ofKey.Any(_byToken.ContainsKey))
                {
                    _byKey.Remove(session.Key);
                }
            }
        }
    }
}
