using Grpc.Core;
using Vault.Protocol.V1;
using Vault.Server.Engine;

namespace Vault.Server.Services;

public sealed class MailboxCalls(Relay relay) : MailboxService.MailboxServiceBase
{
    public override Task<GetInvitationResponse> GetInvitation(GetInvitationRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Mailboxes.GetInvitationAsync(Calls.Session(relay, context), context.CancellationToken));

    public override Task<PostJoinResponse> PostJoin(PostJoinRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Mailboxes.PostJoinAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<ListJoinsResponse> ListJoins(ListJoinsRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Mailboxes.ListJoinsAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<PostLinkResponse> PostLink(PostLinkRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Mailboxes.PostLinkAsync(Calls.Peer(context), request, context.CancellationToken));

    public override Task<GetLinkResponse> GetLink(GetLinkRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Mailboxes.GetLinkAsync(request, context.CancellationToken));
}
