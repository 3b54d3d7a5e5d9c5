using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>After a fork: keeps this device's side, and says what the operator has to do.</summary>
internal static class GroupAdoptMineVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    public static Command Create() => Verb.Create(
        "adopt-mine", "After a fork: keep the history of this device. The relay's operator cuts the other off; edits wait until then.", RunAsync, _group);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var forks = await run.ForksAsync(cancellation);
        var group = await GroupVerb.FindAsync(run, _group, cancellation);
        run.Ask.Confirm($"Keep this device's history of {Names.OrId(group.Name, group.Id)}? Edits wait until the relay's operator has cut the other off.");
        var response = await forks.AdoptMineAsync(new AdoptMineRequest { Group = group.Id }, cancellationToken: cancellation);
        if (run.Json)
        {
            run.Answer.Document(
                new AdoptMineDocument("svault.group.adopt-mine/v1", GroupPart.Of(response.Group), response.CommonSeq), Documents.Json.Default.AdoptMineDocument);
            return Verb.Ok;
        }

        run.Answer.Line($"{response.Group.Name} stays as this device has it. The operator stops the relay and runs:");
        run.Answer.Line($"svault-server truncate --data DIRECTORY --group {response.Group.Id} --to {response.CommonSeq} --yes");
        return Verb.Ok;
    }
}
