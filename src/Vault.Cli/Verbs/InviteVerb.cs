using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Invites somebody by a code; with its list and cancel beside it.</summary>
internal static class InviteVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    private static readonly Option<string> _role = RoleOption();

    private static readonly Option<string?> _for = new("--for") { Description = "For whom, in your own words.", HelpName = "label" };

    private static readonly Option<string?> _expires = new("--expires") { Description = "How long it stays open (72h, at most 30d).", HelpName = "span" };

    public static Command Create() => Verb.Create(
        "invite",
        "Make a code by which one person joins a group.",
        RunAsync,
        _group,
        _role,
        _for,
        _expires,
        InviteListVerb.Create(),
        InviteCancelVerb.Create());

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var members = await run.MembersAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "opening the invite",
            members.CreateInviteAsync(
                new CreateInviteRequest
                {
                    Group = run.Value(_group),
                    Role = Names.RoleOf(run.Value(_role)!),
                    Label = run.Value(_for) ?? "",
                    LifetimeSeconds = run.Value(_expires) is { } span ? (uint)Math.Max(1, Durations.Parse(span).TotalSeconds) : 0,
                },
                cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new InviteDocument("svault.invite.create/v1", InvitePart.Of(response.Invite), response.Code.ToStringUtf8(), response.Invite.Seq),
                Documents.Json.Default.InviteDocument);
            return Verb.Ok;
        }

        // The code alone on standard output: it can be piped to whatever carries it.
        run.Notices.Line(
            $"For {response.Invite.Group} as {Names.Of(response.Invite.Role)}, until {Durations.Utc(response.Invite.ExpiresMs)}. Whoever has the code can ask to join; hand it over in confidence.");
        run.Answer.Bytes(response.Code.Span);
        return Verb.Ok;
    }

    private static Option<string> RoleOption()
    {
        var option = new Option<string>("--role")
        {
            Description = "admin, editor or viewer.",
            HelpName = "role",
            DefaultValueFactory = _ => "editor",
        };
        option.AcceptOnlyFromAmong([.. Names.Roles.Where(role => role != "owner")]);
        return option;
    }
}
