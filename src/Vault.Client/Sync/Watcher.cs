using Grpc.Core;
using Vault.Client.Replicas;
using Vault.Client.Transport;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// The watch stream on a connection of its own. Hints only say where to look, and lower freshness; a commit that came inline is
/// verified like any other. Losing the stream costs latency and nothing else.
/// </summary>
internal sealed class Watcher(ClientCore core, GroupPuller puller, Attester attester, Prober prober)
{
    // Ends the pause before the next attempt: after a relay that was away for long it is up to 15 s.
    private readonly Signal _again = new(core.Seams.Time);

    private CancellationTokenSource? _stream;

    // When it was opened, or last brought a beat.
    private TimeSpan _signOfLife;
    private int _failures;

    /// <summary>Keeps a stream up until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (; !cancellation.IsCancellationRequested; _failures++)
        {
            core.StreamLostAt ??= core.BootNow;
            try
            {
                using var stream = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                _stream = stream;
                using var relay = core.Dial(ConnectionUse.Watch);
                await ReadAsync(relay, stream.Token);
            }
            catch (RpcException failed) when (!cancellation.IsCancellationRequested)
            {
                core.StreamFailure = RelayCaller.Translate(failed);
            }
            catch (VaultException failed)
            {
                core.StreamFailure = failed;
            }
            catch (RpcException)
            {
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                core.StreamFailure = VaultException.Offline("no answer in time");
            }
            finally
            {
                _stream = null;
                Lost();
            }

            await _again.WaitAsync(Backoff.AfterFailure(_failures, core.Seams.Random), cancellation);
        }
    }

    /// <summary>Gives the stream up and opens another: the machine slept, and what was dialled before cannot be relied on.</summary>
    public void Redial()
    {
        Lost();
        _failures = 0;

        // In this order: whoever pauses goes on inside the call, and has another stream then.
        _stream?.Cancel();
        _again.Set();
    }

    private void Lost()
    {
        // What took the stream may have taken the relay: the poll tells, at once and not at its next turn.
        core.WantsPoll |= core.StreamSince is not null;
        core.StreamDownAt = core.StreamSince is null ? core.StreamDownAt : core.BootNow;
        core.StreamSince = null;
        core.LastBeat = null;
        core.StreamLostAt = core.BootNow;
        if (core.WantsPoll)
        {
            core.PollWake.Set();
        }
    }

    private async Task ReadAsync(RelayCaller relay, CancellationToken cancellation)
    {
        var request = new WatchRequest();
        foreach (var group in core.Groups.Values.Where(group => group.Follow != Follow.Over))
        {
            request.From.Add(new WatchFrom { Group = group.Id.ToByteString(), Token = group.From.Token });
            core.Watchdog.Opened(group.Id, group.From);
        }

        _signOfLife = core.BootNow;
        using var stream = await relay.OpenStreamAsync((caller, options) => caller.Groups.Watch(request, options), cancellation);
        while (await NextAsync(stream.ResponseStream, cancellation))
        {
            Take(stream.ResponseStream.Current);
        }
    }

    // A stream without a beat for too long is dead, whatever the connection says and whatever else it brings.
    private async Task<bool> NextAsync(IAsyncStreamReader<WatchResponse> stream, CancellationToken cancellation)
    {
        var rest = _signOfLife + core.Options.BeatBound - core.BootNow;
        using var silence = new CancellationTokenSource(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, core.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        return await stream.MoveNext(either.Token);
    }

    private void Take(WatchResponse hint)
    {
        switch (hint.EventCase)
        {
            case WatchResponse.EventOneofCase.Hello:
                core.StreamSince = core.BootNow;
                core.StreamLostAt = null;
                core.StreamFailure = null;
                core.StreamOpened?.Set();
                break;
            case WatchResponse.EventOneofCase.Beat:
                // One that ends before it brings a beat has failed: the next is dialled later and later.
                _failures = 0;
                core.LastBeat = _signOfLife = core.BootNow;
                break;
            case WatchResponse.EventOneofCase.Commit:
                TakeCommit(hint.Commit);
                break;
            case WatchResponse.EventOneofCase.HeadMoved when ChainHead.TryParse(hint.HeadMoved.Head, out var head):
                TakeHead(hint.HeadMoved.Group, head);
                break;
            case WatchResponse.EventOneofCase.Attestation:
                attester.Hear(hint.Attestation, core.BootNow);
                break;
            case WatchResponse.EventOneofCase.AccountMoved:
                core.WantsAccount |= hint.AccountMoved.Seq > core.Account!.State.Head.Seq;
                core.Wake.Set();
                break;
            case WatchResponse.EventOneofCase.JoinWaiting when Find(hint.JoinWaiting.Group) is { } group:
                group.WantsJoins = true;
                core.Wake.Set();
                break;
            case WatchResponse.EventOneofCase.Probe:
                prober.Hear(hint.Probe.Nonce);
                break;
            default:
                break;
        }
    }

    private void TakeCommit(WatchCommit hint)
    {
        if (Find(hint.Group) is not { } group || hint.Record?.Commit is not { } commit)
        {
            return;
        }

        var before = group.VerifiedSeq;
        var taken = puller.TryTakeHint(group, hint.Record, hint.Token);
        ulong seq = taken ? group.VerifiedSeq : SeqOf(commit);
        core.Watchdog.Hinted(group, seq, isVerified: taken);
        if ((!taken && seq > before) || group.MissingBlobs.Count > 0)
        {
            group.WantsPull = true;
        }

        if (group.WantsPull || taken)
        {
            core.Wake.Set();
        }
    }

    private void TakeHead(Google.Protobuf.ByteString id, ChainHead head)
    {
        if (Find(id) is not { } group)
        {
            return;
        }

        core.Watchdog.Hinted(group, head.Seq, isVerified: false);
        if (!group.Contains(head))
        {
            group.WantsPull = true;
            core.Wake.Set();
        }
    }

    private static ulong SeqOf(SignedEntry commit)
    {
        try
        {
            return GroupBody.Parser.ParseFrom(commit.Body).Seq;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return 0;
        }
    }

    private FollowedGroup? Find(Google.Protobuf.ByteString id) =>
        GroupId.TryParse(id, out var group) && core.Groups.TryGetValue(group, out var found) && found.Follow != Follow.Over ? found : null;
}
