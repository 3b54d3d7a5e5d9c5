using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Gives a member another role.</summary>
internal static class MemberRoleVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();
    private static readonly Argument<string> _member = MemberVerb.Argument();
    private static readonly Argument<string> _role = RoleArgument();

    public static Command Create() => Verb.Create("role", "Give a member another role.", RunAsync, _group, _member, _role);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var members = await run.MembersAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "changing the role",
            members.SetMemberRoleAsync(
                new SetMemberRoleRequest { Group = run.Value(_group), Member = run.Value(_member), Role = Names.RoleOf(run.Value(_role)) },
                cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new MemberRoleDocument(
                    "svault.member.role/v1", MemberPart.Of(response.Member), Names.Of(response.Previous), response.Seq == 0 ? null : response.Seq),
                Documents.Json.Default.MemberRoleDocument);
        }
        else
        {
            run.Answer.Line(
                response.Seq == 0
                    ? $"{response.Member.Name} is {Names.Of(response.Member.Role)} already."
                    : $"{response.Member.Name} is {Names.Of(response.Member.Role)} now, was {Names.Of(response.Previous)}.");
        }

        return Verb.Ok;
    }

    private static Argument<string> RoleArgument()
    {
        var argument = new Argument<string>("role") { Description = string.Join(", ", Names.Roles), HelpName = "role" };
        argument.AcceptOnlyFromAmong(Names.Roles);
        return argument;
    }
}
