using System.CommandLine;
using System.Globalization;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Lists groups.</summary>
internal static class GroupListVerb
{
    public static Command Create() => Verb.Create("list", "List your groups.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var groups = await run.GroupsAsync(cancellation);
        var response = await groups.ListGroupsAsync(new ListGroupsRequest(), cancellationToken: cancellation);
        if (run.Json)
        {
            run.Answer.Document(
                new GroupListDocument("svault.group.list/v1", [.. response.Groups.Select(GroupPart.Of)]),
                Documents.Json.Default.GroupListDocument);
            return Verb.Ok;
        }

        run.Answer.Table(
            ["GROUP", "ROLE", "FRESH", "MEMBERS", "ITEMS", "ID"],
            response.Groups.Select(group => new[]
            {
                group.Name,
                Names.Of(group.Role),
                FreshnessText.Of(group.Freshness),
                group.Members.ToString(CultureInfo.InvariantCulture),
                group.Items.ToString(CultureInfo.InvariantCulture),
                group.Id[..16],
            }));
        return Verb.Ok;
    }
}
