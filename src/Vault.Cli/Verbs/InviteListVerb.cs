using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>The open invites of a group.</summary>
internal static class InviteListVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    public static Command Create() => Verb.Create("list", "List the open invites of a group.", RunAsync, _group);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var members = await run.MembersAsync(cancellation);
        var response = await members.ListInvitesAsync(new ListInvitesRequest { Group = run.Value(_group) }, cancellationToken: cancellation);
        if (run.Json)
        {
            run.Answer.Document(
                new InviteListDocument("svault.invite.list/v1", [.. response.Invites.Select(InvitePart.Of)]),
                Documents.Json.Default.InviteListDocument);
        }
        else if (response.Invites.Count > 0)
        {
            run.Answer.Table(
                ["ID", "ROLE", "FOR", "OPENED BY", "UNTIL"],
                response.Invites.Select(invite => new[]
                {
                    invite.Id[..Math.Min(16, invite.Id.Length)], Names.Of(invite.Role), invite.Label, invite.Opener, Durations.Utc(invite.ExpiresMs) ?? "",
                }));
        }

        return Verb.Ok;
    }
}
