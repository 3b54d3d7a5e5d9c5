using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Removes a member, and lists what they could read and should now be changed.</summary>
internal static class MemberRemoveVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();
    private static readonly Argument<string> _member = MemberVerb.Argument();

    public static Command Create() => Verb.Create("remove", "Remove a member and rotate the group's key.", RunAsync, _group, _member);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var members = await run.MembersAsync(cancellation);
        var found = await MemberVerb.FindAsync(run, _group, _member, cancellation);
        run.Ask.Confirm($"Remove {Names.OrId(found.Member.Name, found.Member.AccountId)} from {Names.OrId(found.Group, found.GroupId)}?");
        var response = await run.Notices.WhileAsync(
            "removing and rotating",
            members.RemoveMemberAsync(
                new RemoveMemberRequest { Group = found.GroupId, Member = found.Member.AccountId }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new MemberRemoveDocument(
                    "svault.member.remove/v1",
                    MemberPart.Of(response.Member),
                    response.Seq,
                    response.Epoch,
                    [.. response.Exposed.Select(secret => new ExposedPart(ItemPart.Of(secret.Item), [.. secret.Fields]))]),
                Documents.Json.Default.MemberRemoveDocument);
            return Verb.Ok;
        }

        run.Answer.Line($"Removed {response.Member.Name}. Everything from now on is under key epoch {response.Epoch}.");
        if (response.Exposed.Count > 0)
        {
            run.Answer.Line();
            run.Answer.Line("What they could read until now. Change these at the places where they are used:");
            run.Answer.Table(
                ["ITEM", "SECRETS", "ID"],
                response.Exposed.Select(secret => new[] { secret.Item.Title, string.Join(", ", secret.Fields), secret.Item.Id[..Math.Min(8, secret.Item.Id.Length)] }));
        }

        return Verb.Ok;
    }
}
