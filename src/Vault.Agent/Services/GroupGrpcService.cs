using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Views;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>Groups: found, list, look at, leave.</summary>
internal sealed class GroupGrpcService(AgentClient client, AutoLock autoLock) : GroupService.GroupServiceBase
{
    private const int LogDefault = 50;
    private const int LogMost = 1_000;

    public override Task<CreateGroupResponse> CreateGroup(CreateGroupRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault => new CreateGroupResponse
        {
            Group = GroupViews.Of(vault, await vault.Groups.CreateAsync(request.Name, request.Description, context.CancellationToken)),
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
        response.Entries.Add(entries.Take(most).Select(Entry));
        return response;
    });

    private static LogEntry Entry(Client.Groups.LogEntry entry)
    {
        var shown = new LogEntry
        {
            Seq = entry.Seq,
            CommitId = entry.Id.ToString(),
            AuthorId = entry.Author.ToString(),
            Author = entry.AuthorName,
            DeviceId = entry.Device.ToString(),
            TimeMs = entry.TimeMs,
        };
        shown.Changes.Add(entry.Changes.Select(change => new LogChange
        {
            Kind = KindOf(change.Kind),
            Subject = change.Subject,
            Role = Enum.TryParse<Role>(change.Detail, ignoreCase: true, out var role) && !char.IsAsciiDigit(change.Detail[0]) ? role : Role.Unspecified,
            SubjectId = change.Kind == "epoch" ? change.Subject : "",
        }));
        return shown;
    }

    private static ChangeKind KindOf(string field) => field switch
    {
        "genesis" => ChangeKind.Found,
        "re_anchors" => ChangeKind.ReAnchor,
        "info" => ChangeKind.GroupInfo,
        "removes" => ChangeKind.Remove,
        "leave" => ChangeKind.Leave,
        "roles" => ChangeKind.Role,
        "open_invites" => ChangeKind.OpenInvite,
        "close_invites" => ChangeKind.CloseInvite,
        "adds" => ChangeKind.Add,
        "epoch" => ChangeKind.Epoch,
        "puts" => ChangeKind.Put,
        "deletes" => ChangeKind.Delete,
        "close" => ChangeKind.Close,
        _ => ChangeKind.Unspecified,
    };
}
