using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Views;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>Groups: found, list, look at, compare, leave.</summary>
internal sealed class GroupGrpcService(AgentClient client, AutoLock autoLock) : GroupService.GroupServiceBase
{
    private const int LogDefault = 50;
    private const int LogMost = 1_000;

    public override Task<CreateGroupResponse> CreateGroup(CreateGroupRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        if (request.Name.AsSpan().ContainsAny('/', '#'))
        {
            throw new AgentException(ExitCode.Usage, "A group's name has no / and no #: they separate group, item and field.");
        }

        return client.RunAsync(async vault =>
        {
            // Two of one name could be told apart by their ids alone, in every command from then on.
            if (vault.Groups.List().FirstOrDefault(group => group.Name == request.Name) is { } same)
            {
                throw new AgentException(ExitCode.Conflict, $"You have a group {same.Name} already ({same.Id}).", "Choose another name.");
            }

            return new CreateGroupResponse
            {
                Group = GroupViews.Of(vault, await vault.Groups.CreateAsync(request.Name, request.Description, context.CancellationToken)),
            };
        });
    }

    public override Task<ListGroupsResponse> ListGroups(ListGroupsRequest request, ServerCallContext context) => client.RunAsync(vault =>
    {
        var response = new ListGroupsResponse();
        response.Groups.Add(vault.Groups.List().Select(group => GroupViews.Of(vault, group)));
        return response;
    });

    public override Task<ShowGroupResponse> ShowGroup(ShowGroupRequest request, ServerCallContext context) => client.RunAsync(async vault =>
    {
        var id = vault.Groups.Find(request.Group).Id;
        await Freshening.RequireAsync(vault, [id], request.Read, context.CancellationToken);
        var group = vault.Groups.Show(id);
        var response = new ShowGroupResponse
        {
            Group = GroupViews.Of(vault, group),
            Description = group.Description,
            OpenInvites = (uint)group.OpenInvites,
        };
        response.Members.Add(GroupViews.Ordered(vault.Groups.Members(id)));
        return response;
    });

    public override Task<GetGroupCodeResponse> GetGroupCode(GetGroupCodeRequest request, ServerCallContext context) => client.RunAsync(async vault =>
    {
        var id = vault.Groups.Find(request.Group).Id;
        await Freshening.RequireAsync(vault, [id], request.Read, context.CancellationToken);
        var (words, head) = vault.Groups.Code(id);
        return new GetGroupCodeResponse
        {
            Group = GroupViews.Of(vault, vault.Groups.Show(id)),
            Words = { words },
            Seq = head.Seq,
            CommitId = head.Id.ToString(),
        };
    });

    public override Task<LeaveGroupResponse> LeaveGroup(LeaveGroupRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var id = vault.Groups.Find(request.Group).Id;
            await vault.Groups.LeaveAsync(id, context.CancellationToken);
            var left = vault.Groups.Show(id);
            return new LeaveGroupResponse { Group = GroupViews.Of(vault, left), Seq = left.Status.VerifiedSeq };
        });
    }

    public override Task<ListGroupLogResponse> ListGroupLog(ListGroupLogRequest request, ServerCallContext context) => client.RunAsync(async vault =>
    {
        if (request.Limit > LogMost)
        {
            throw new AgentException(ExitCode.Usage, "At most 1,000 entries at a time.");
        }

        var id = vault.Groups.Find(request.Group).Id;
        await Freshening.RequireAsync(vault, [id], request.Read, context.CancellationToken);
        var most = request.Limit == 0 ? LogDefault : (int)request.Limit;
        var entries = vault.Groups.Log(id, most + 1, request.BeforeSeq == 0 ? null : request.BeforeSeq);
        var response = new ListGroupLogResponse { More = entries.Count > most, Freshness = Freshening.Of(vault, id) };
        response.Entries.Add(entries.Take(most).Select(new LogViews(vault, id).Of));
        return response;
    });
}
