using Grpc.Core;
using Vault.Protocol.V1;
using Vault.Server.Engine;

namespace Vault.Server.Services;

public sealed class GroupCalls(Relay relay) : GroupService.GroupServiceBase
{
    public override Task<PushResponse> Push(PushRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Push.PushAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<PushSuffixResponse> PushSuffix(PushSuffixRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Push.PushSuffixAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<PullResponse> Pull(PullRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Groups.PullAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<GetBlobsResponse> GetBlobs(GetBlobsRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Groups.GetBlobsAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<PutBlobsResponse> PutBlobs(PutBlobsRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Groups.PutBlobsAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<HeadsResponse> Heads(HeadsRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Groups.HeadsAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task Watch(WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context) =>
        Calls.AnswerAsync(async () =>
        {
            await relay.Watches.RunAsync(
                Calls.Session(relay, context),
                request,
                responseStream.WriteAsync,
                context.CancellationToken);
            return true;
        });

    public override Task<ProbeResponse> Probe(ProbeRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => Task.FromResult(relay.Watches.Probe(Calls.Session(relay, context), request)));

    public override Task<DeleteGroupResponse> DeleteGroup(DeleteGroupRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Groups.DeleteAsync(request, context.CancellationToken));
}
