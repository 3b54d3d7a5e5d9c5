using Google.Protobuf;
using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Items;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;
using ClientMember = Vault.Client.Groups.MemberView;
using WireRole = Vault.Protocol.V1.Role;

namespace Vault.Agent.Services;

/// <summary>Invites, joining, members.</summary>
internal sealed class MemberGrpcService(AgentClient client, AutoLock autoLock) : MemberService.MemberServiceBase
{
    private const int IdPrefixMin = 6;

    public override Task<CreateInviteResponse> CreateInvite(CreateInviteRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        if (request.Role == Role.Owner)
        {
            throw new AgentException(ExitCode.Usage, "An invite gives at most the role admin.", "Invite first, and change the role after.");
        }

        return client.RunAsync(async vault =>
        {
            var group = vault.Groups.Find(request.Group);
            var role = request.Role == Role.Unspecified ? WireRole.Editor : (WireRole)request.Role;
            var lifetime = request.LifetimeSeconds == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(request.LifetimeSeconds);
            var opened = await vault.Groups.InviteAsync(group.Id, role, request.Label, lifetime, context.CancellationToken);
            return new CreateInviteResponse
            {
                Invite = View(vault, group, vault.Groups.Invites(group.Id).First(invite => invite.Id == opened.Id)),
                Code = ByteString.CopyFromUtf8(opened.Code),
            };
        });
    }

    public override Task<ListInvitesResponse> ListInvites(ListInvitesRequest request, ServerCallContext context) => client.RunAsync(vault =>
    {
        var group = vault.Groups.Find(request.Group);
        var response = new ListInvitesResponse();
        response.Invites.Add(vault.Groups.Invites(group.Id).Select(invite => View(vault, group, invite)));
        return response;
    });

    public override Task<CancelInviteResponse> CancelInvite(CancelInviteRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var group = vault.Groups.Find(request.Group);
            var invite = OneOf(vault.Groups.Invites(group.Id), invite => invite.Id.ToString(), request.Invite, "invite");
            var shown = View(vault, group, invite);
            await vault.Groups.CloseInviteAsync(group.Id, invite.Id, context.CancellationToken);
            return new CancelInviteResponse { Invite = shown, Seq = vault.Groups.Show(group.Id).Status.VerifiedSeq };
        });
    }

    public override async Task<JoinResponse> Join(JoinRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        try
        {
            return await client.RunAsync(async vault =>
            {
                var join = await vault.Groups.JoinAsync(request.Code.ToStringUtf8(), cancellation: context.CancellationToken);
                var joined = await vault.Groups.WaitForJoinAsync(join.Group, TimeSpan.FromMilliseconds(request.WaitMs), context.CancellationToken);
                return new JoinResponse
                {
                    State = joined is null ? JoinState.Waiting : JoinState.Joined,
                    Group = joined is null ? null : GroupViews.Of(vault, joined),
                    GroupId = join.Group.ToString(),
                    InviterId = join.Opener.ToString(),
                };
            });
        }
        finally
        {
            SecretBytes.Wipe(request.Code);
        }
    }

    public override Task<ListMembersResponse> ListMembers(ListMembersRequest request, ServerCallContext context) => client.RunAsync(async vault =>
    {
        var id = vault.Groups.Find(request.Group).Id;
        await Freshening.RequireAsync(vault, [id], request.Read, context.CancellationToken);
        var response = new ListMembersResponse { Freshness = Freshening.Of(vault, id) };
        response.Members.Add(GroupViews.Ordered(vault.Groups.Members(id)));
        return response;
    });

    public override Task<ShowMemberResponse> ShowMember(ShowMemberRequest request, ServerCallContext context) => client.RunAsync(vault =>
    {
        var group = vault.Groups.Find(request.Group);
        return new ShowMemberResponse
        {
            Member = GroupViews.Of(FindMember(vault, group.Id, request.Member)),
            GroupId = group.Id.ToString(),
            Group = group.Name,
        };
    });

    public override Task<SetMemberRoleResponse> SetMemberRole(SetMemberRoleRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        if (request.Role == Role.Unspecified)
        {
            throw new AgentException(ExitCode.Usage, "A role is owner, admin, editor or viewer.");
        }

        return client.RunAsync(async vault =>
        {
            var id = vault.Groups.Find(request.Group).Id;
            var member = FindMember(vault, id, request.Member);
            var response = new SetMemberRoleResponse { Previous = (Role)member.Role };
            if (member.Role != (WireRole)request.Role)
            {
                await vault.Groups.SetRoleAsync(id, member.Account, (WireRole)request.Role, context.CancellationToken);
                response.Seq = vault.Groups.Show(id).Status.VerifiedSeq;
            }

            response.Member = GroupViews.Of(vault.Groups.Members(id).First(one => one.Account == member.Account));
            return response;
        });
    }

    public override Task<RemoveMemberResponse> RemoveMember(RemoveMemberRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var group = vault.Groups.Find(request.Group);
            var member = FindMember(vault, group.Id, request.Member);
            var exposed = Exposed(vault, group).ToArray();
            await vault.Groups.RemoveAsync(group.Id, member.Account, context.CancellationToken);
            var after = vault.Groups.Show(group.Id);
            var response = new RemoveMemberResponse { Member = GroupViews.Of(member), Seq = after.Status.VerifiedSeq, Epoch = after.Epoch };
            response.Exposed.Add(exposed);
            return response;
        });
    }

    // What the person could read until now, and so should be changed.
    private static IEnumerable<ExposedSecret> Exposed(VaultClient vault, Client.Groups.GroupView group)
    {
        foreach (var item in vault.Items.List(group.Id, withTrash: true))
        {
            var exposed = new ExposedSecret { Item = ItemViews.Summary(item, group.Name) };
            exposed.Fields.Add(item.Item.Fields.Where(field => field.Value.Length > 0 && ItemViews.IsConcealed(field)).Select(ItemFinder.LabelOf));
            if (ItemTypes.NotesAreSecret(ItemTypes.FromFormat(item.Item.Type)) && item.Item.Notes.Length > 0)
            {
                exposed.Fields.Add("notes");
            }

            if (exposed.Fields.Count > 0)
            {
                yield return exposed;
            }
        }
    }

    internal static ClientMember FindMember(VaultClient vault, GroupId group, string named)
    {
        var members = vault.Groups.Members(group);
        var byName = members.Where(member => string.Equals(member.Name, named, StringComparison.OrdinalIgnoreCase)).ToArray();
        return byName.Length == 1 ? byName[0] : OneOf(byName.Length > 1 ? byName : members, member => member.Account.ToString(), named, "member");
    }

    private static T OneOf<T>(IEnumerable<T> all, Func<T, string> idOf, string named, string what)
    {
        var found = all.Where(one => named.Length >= IdPrefixMin && idOf(one).StartsWith(named, StringComparison.OrdinalIgnoreCase)).ToArray();
        return found switch
        {
            [var one] => one,
            [] when all.Any() && named.Length < IdPrefixMin => throw new AgentException(ExitCode.NotFound, $"No {what} is called \"{named}\".", "Name it by its id, at least six digits."),
            [] => throw new AgentException(ExitCode.NotFound, $"No {what} is called \"{named}\".", "svault member list"),
            _ => throw new AgentException(ExitCode.Ambiguous, $"Several fit \"{named}\".", "Give more digits of the id."),
        };
    }

    private static InviteView View(VaultClient vault, Client.Groups.GroupView group, Client.Groups.InviteView invite) => new()
    {
        Id = invite.Id.ToString(),
        GroupId = group.Id.ToString(),
        Group = group.Name,
        Role = (Role)invite.Role,
        Label = invite.Label,
        Opener = vault.Groups.Members(group.Id).FirstOrDefault(member => member.Account == invite.Opener)?.Name ?? "",
        Own = invite.Opener == vault.Accounts.WhoAmI().Account,
        ExpiresMs = invite.ExpiresMs,
    };
}
