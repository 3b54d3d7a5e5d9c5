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
    private RelayCaller? _relay;

    /// <summary>Lets go of the stream; another is opened after the usual wait.</summary>
    public void Redial() => _relay?.Dispose();

    /// <summary>Keeps a stream up until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested; failures++)
        {
            try
            {
                using var relay = core.Dial(ConnectionUse.Watch);
                _relay = relay;
                await ReadAsync(relay, () => failures = 0, cancellation);
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
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                _relay = null;
                core.StreamSince = null;
                core.LastBeat = null;
            }

            await Task.Delay(Backoff.AfterFailure(failures, core.Seams.Random), core.Seams.Time, cancellation);
        }
    }

    private async Task ReadAsync(RelayCaller relay, Action isUp, CancellationToken cancellation)
    {
        var request = new WatchRequest();
        foreach (var group in core.Groups.Values.Where(group => group.Follow != Follow.Over))
        {
            request.From.Add(new WatchFrom { Group = group.Id.ToByteString(), Token = group.From.Token });
        }

        using var stream = await relay.OpenStreamAsync((caller, options) => caller.Groups.Watch(request, options), cancellation);
        while (await NextAsync(stream.ResponseStream, cancellation))
        {
            isUp();
            Take(stream.ResponseStream.Current);
        }
    }

    // A stream without a beat for too long is dead, whatever the connection says.
    private async Task<bool> NextAsync(IAsyncStreamReader<WatchResponse> stream, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(core.Options.BeatBound, core.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        return await stream.MoveNext(either.Token);
    }

    private void Take(WatchResponse hint)
    {
        switch (hint.EventCase)
        {
            case WatchResponse.EventOneofCase.Hello:
                core.StreamSince = core.BootNow;
                core.StreamFailure = null;
                core.StreamOpened?.Set();
                break;
            case WatchResponse.EventOneofCase.Beat:
                core.LastBeat = core.BootNow;
                break;
            case WatchResponse.EventOneofCase.Commit:
                TakeCommit(hint.Commit);
                break;
            case WatchResponse.EventOneofCase.HeadMoved when ChainHead.TryParse(hint.HeadMoved.Head, out var head):
                TakeHead(hint.HeadMoved.Group, head);
                break;
            case WatchResponse.EventOneofCase.Attestation:
                attester.Hear(hint.Attestation);
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
        Hinted(group, seq);
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

        Hinted(group, head.Seq);
        if (!group.Contains(head))
        {
            group.WantsPull = true;
            core.Wake.Set();
        }
    }

    // A hint that came before any poll found the change is what "notifications work" means.
    private void Hinted(FollowedGroup group, ulong seq)
    {
        if (seq > core.HintedSeq(group.Id))
        {
            core.NoteHint(group.Id, seq);
            if (seq > (group.Proof?.Head.Seq ?? 0))
            {
                core.NotificationsFailing = false;
            }
        }

        group.Hinted(seq, core.BootNow);
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
