using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>After a fork: takes the relay's side, and says what became of this one.</summary>
internal static class GroupAdoptRelayVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    public static Command Create() => Verb.Create(
        "adopt-relay", "After a fork: take the relay's history. Items changed here become edits and are merged; removals are listed.", RunAsync, _group);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var forks = await run.ForksAsync(cancellation);
        var group = await GroupVerb.FindAsync(run, _group, cancellation);
        run.Ask.Confirm($"Take the relay's history of {Names.OrId(group.Name, group.Id)}? What differs here is merged into it as edits; who was removed here may be a member again.");
        var response = await run.Notices.WhileAsync(
            "reading the relay's history", forks.AdoptRelayAsync(new AdoptRelayRequest { Group = group.Id }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new AdoptRelayDocument(
                    "svault.group.adopt-relay/v1", GroupPart.Of(response.Group), response.GivenUp, response.Taken, response.Edits, response.Removals, response.Roles),
                Documents.Json.Default.AdoptRelayDocument);
            return Verb.Ok;
        }

        run.Answer.Line(
            $"{response.Group.Name} follows the relay now: {response.Taken} commits taken, {response.GivenUp} of this device kept aside, {response.Edits} items wait to be merged.");
        if (response.Removals + response.Roles > 0)
        {
            run.Answer.Line($"{response.Removals} removals and {response.Roles} roles of this device's history do not stand any more: svault removal list.");
        }

        return Verb.Ok;
    }
}
