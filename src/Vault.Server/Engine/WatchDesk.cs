using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>
/// Opens streams so that nothing falls between fetch and watch: a watcher is subscribed first and reads from its tokens
/// afterwards, and what both bring is told apart by position.
/// </summary>
public sealed class WatchDesk
{
    private const int TokensMax = 1_024;
    private const int ProbeBytes = 16;
    private const int ProbersMax = 50_000;

    private readonly RelayParts _parts;
    private readonly RateLimiter<DeviceId> _probes;

    internal WatchDesk(RelayParts parts)
    {
        _parts = parts;
        _probes = new RateLimiter<DeviceId>(parts.Limits.Probes, ProbersMax, parts.Time);
    }

    /// <summary>Sends a nonce round to the device's own streams, with the tail's next turn.</summary>
    public ProbeResponse Probe(Session session, ProbeRequest request)
    {
        GroupChecks.RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Nonce.Length != ProbeBytes)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "nonce");
        }

        _probes.Take(session.Device);
        var streams = _parts.Probes.Add(session.Account, session.Device, request.Nonce);
        _parts.Doorbell.Set();
        return new ProbeResponse { Streams = (uint)streams };
    }

    /// <summary>Sends hints until the caller goes or the session ends. The sender's token is cancelled too when the stream ends.</summary>
    public async Task RunAsync(
        Session session, WatchRequest request, Func<WatchResponse, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        GroupChecks.RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(send);
        var tokens = Tokens(request);
        var watcher = _parts.FanOut.Add(session);
        // Whoever reads nothing holds up the write: a stream that ends must not wait for its reader (attack: a revoked device that
        // stops reading keeps its stream, and what it is sent later).
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watcher.HasEnded);
        session.OnEnd(watcher.End);
        try
        {
            await send(
                new WatchResponse { Hello = new WatchHello { BeatIntervalMs = (uint)_parts.Limits.BeatInterval.TotalMilliseconds } },
                either.Token);
            await StartAsync(watcher, tokens, cancellationToken);
            while (true)
            {
                var (hint, durableAt) = await watcher.NextAsync(cancellationToken);
                await send(hint, either.Token);
                if (durableAt is { } since)
                {
                    _parts.Metrics.Delivered(_parts.Time.GetElapsedTime(since));
                }
            }
        }
        catch (OperationCanceledException) when (watcher.Ended is not null && !cancellationToken.IsCancellationRequested)
        {
            throw new RelayFaultException(watcher.Ended);
        }
        finally
        {
            session.NotOnEnd(watcher.End);
            _parts.FanOut.Remove(watcher);
        }
    }

    private async Task StartAsync(Watcher watcher, Dictionary<GroupId, ChainHead?> tokens, CancellationToken cancellationToken)
    {
        var query = new OverviewQuery(watcher.Account, watcher.Session.Device, new Dictionary<(GroupId, DeviceId), ulong>(), 0);
        var overview = await _parts.Store.ReadOverviewAsync(query, cancellationToken);
        foreach (var (membership, _, _) in overview.Groups)
        {
            var group = membership.Group;
            var named = tokens.TryGetValue(group, out var from);
            if (membership.IsMember)
            {
                _parts.FanOut.Subscribe(watcher, group);
            }
            else if (!named)
            {
                continue;
            }

            var page = await _parts.Store.ReadGroupAsync(
                group, from, named ? Limits.InlineCommitBytes : 0, watcher.Account, cancellationToken);

            // It ended between the two readings, and the tail told of that before the watcher was seated: it will not tell it again
            // (attack: who is to be removed opens streams without pause, and one of them reads on). A new add that comes at the same
            // moment costs hints, and the poll finds that out.
            var isMember = page?.Reader is { IsMember: true };
            if (!isMember)
            {
                _parts.FanOut.Unsubscribe(watcher, group);
            }

            if (page?.Reader is null)
            {
                continue;
            }

            if (isMember)
            {
                _parts.FanOut.Told(group, page.Head.Seq);
            }

            page = GroupChecks.CutFor(page);
            if (!named)
            {
                watcher.Start(group, page.Head);
                continue;
            }

            watcher.Start(group, page.AfterStands ? from : null);
            if (!page.AfterStands)
            {
                watcher.Offer(Publication.OfHead(group, page.Head));
            }
            else if (from is null || page.Head.Seq > from.Value.Seq)
            {
                var inline = await Tail.InlineAsync(_parts.Store, group, page, page.Head, cancellationToken);
                watcher.Offer(new Publication(group, from, page.Head, inline));
            }
        }
    }

    private static Dictionary<GroupId, ChainHead?> Tokens(WatchRequest request)
    {
        if (request.From.Count > TokensMax)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "from");
        }

        var tokens = new Dictionary<GroupId, ChainHead?>();
        foreach (var from in request.From)
        {
            var group = GroupChecks.Group(from.Group);
            tokens[group] = GroupReads.After(group, from.Token);
        }

        return tokens;
    }
}
