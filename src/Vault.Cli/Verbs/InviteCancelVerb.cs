using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Closes an invite.</summary>
internal static class InviteCancelVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    private static readonly Argument<string> _invite = new("invite") { Description = "The invite's id, or its beginning." };

    public static Command Create() => Verb.Create("cancel", "Close an invite: its code is worth nothing then.", RunAsync, _group, _invite);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var members = await run.MembersAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "closing the invite",
            members.CancelInviteAsync(
                new CancelInviteRequest { Group = run.Value(_group), Invite = run.Value(_invite) }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new InviteDocument("svault.invite.cancel/v1", InvitePart.Of(response.Invite), null, response.Seq),
                Documents.Json.Default.InviteDocument);
        }
        else
        {
            run.Answer.Line($"Closed the invite {response.Invite.Id}.");
        }

        return Verb.Ok;
    }
}
