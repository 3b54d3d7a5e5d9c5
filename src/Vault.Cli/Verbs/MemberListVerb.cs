using System.CommandLine;
using System.Globalization;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Lists the members of a group.</summary>
internal static class MemberListVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create("list", "List the members of a group.", RunAsync, [_group, .. _read.Symbols]);

    /// <summary>Members as a table.</summary>
    internal static void Print(Invocation run, IEnumerable<MemberView> members) => run.Answer.Table(
        ["MEMBER", "ROLE", "KNOWN BY", "DEVICES", "ACCOUNT"],
        members.Select(member => new[]
        {
            member.Self ? $"{member.Name} (you)" : member.Name,
            Names.Of(member.Role),
            member.Self ? "" : Names.Of(member.Pin),
            member.Devices.ToString(CultureInfo.InvariantCulture),
            member.AccountId[..16],
        }));

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var members = await run.MembersAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            members.ListMembersAsync(new ListMembersRequest { Group = run.Value(_group), Read = _read.Of(run) }, cancellationToken: cancellation).ResponseAsync);
        run.Notices.Freshness(run.Value(_group), response.Freshness);
        if (run.Json)
        {
            run.Answer.Document(
                new MemberListDocument(
                    "svault.member.list/v1", [.. response.Members.Select(MemberPart.Of)], FreshnessPart.Of(response.Freshness)),
                Documents.Json.Default.MemberListDocument);
        }
        else
        {
            Print(run, response.Members);
        }

        return Verb.Ok;
    }
}
