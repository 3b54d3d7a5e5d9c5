using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>removal list, reapply, drop: what a history that was given up said of people.</summary>
internal static class RemovalVerb
{
    private static readonly Argument<string[]> _groups = Verb.Groups();
    private static readonly Argument<string> _group = GroupVerb.Argument();
    private static readonly Argument<string> _member = MemberVerb.Argument();

    public static Command Create() => Verb.Group(
        "removal",
        "After adopt-relay: removals and roles that do not stand any more. While a removal waits, edits of its group wait too.",
        Verb.Create("list", "List them.", ListAsync, _groups),
        Verb.Create("reapply", "Remove the member again, or give the role again.", ReapplyAsync, _group, _member),
        Verb.Create("drop", "Leave the member as the group has them.", DropAsync, _group, _member));

    private static async Task<ExitCode> ListAsync(Invocation run, CancellationToken cancellation)
    {
        var forks = await run.ForksAsync(cancellation);
        var response = await forks.ListRemovalsAsync(new ListRemovalsRequest { Groups = { run.Value(_groups) } }, cancellationToken: cancellation);
        if (run.Json)
        {
            run.Answer.Document(
                new RemovalListDocument("svault.removal.list/v1", [.. response.Removals.Select(RemovalPart.Of)]), Documents.Json.Default.RemovalListDocument);
        }
        else if (response.Removals.Count == 0)
        {
            run.Notices.Line("svault: no removals wait");
        }
        else
        {
            run.Answer.Table(
                ["GROUP", "MEMBER", "IS", "WAS MADE", "ID"],
                response.Removals.Select(one => new[] { one.Group, one.Name, Names.Of(one.Now), Lost(one), one.AccountId[..8] }));
        }

        return Verb.Ok;
    }

    private static async Task<ExitCode> ReapplyAsync(Invocation run, CancellationToken cancellation)
    {
        var forks = await run.ForksAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "changing members",
            forks.ReapplyRemovalAsync(
                new ReapplyRemovalRequest { Group = run.Value(_group), Member = run.Value(_member) }, cancellationToken: cancellation).ResponseAsync);
        return Say(run, "svault.removal.reapply/v1", response.Removal, $"{response.Removal.Name} is {Lost(response.Removal)} again.");
    }

    private static async Task<ExitCode> DropAsync(Invocation run, CancellationToken cancellation)
    {
        var forks = await run.ForksAsync(cancellation);
        var found = await MemberVerb.FindAsync(run, _group, _member, cancellation);
        var waiting = await forks.ListRemovalsAsync(new ListRemovalsRequest { Groups = { found.GroupId } }, cancellationToken: cancellation);
        if (waiting.Removals.All(removal => removal.AccountId != found.Member.AccountId))
        {
            throw new AgentException(
                ExitCode.NotFound, $"Nothing that was lost waits for {Names.OrId(found.Member.Name, found.Member.AccountId)}.", "svault removal list");
        }

        run.Ask.Confirm(
            $"Leave {Names.OrId(found.Member.Name, found.Member.AccountId)} in {Names.OrId(found.Group, found.GroupId)} as they are? What waits is sent, and they can read it.");
        var response = await forks.DropRemovalAsync(
            new DropRemovalRequest { Group = found.GroupId, Member = found.Member.AccountId }, cancellationToken: cancellation);
        return Say(run, "svault.removal.drop/v1", response.Removal, $"{response.Removal.Name} stays {Names.Of(response.Removal.Now)}.");
    }

    private static ExitCode Say(Invocation run, string schema, RemovalView removal, string line)
    {
        if (run.Json)
        {
            run.Answer.Document(new RemovalDocument(schema, RemovalPart.Of(removal)), Documents.Json.Default.RemovalDocument);
        }
        else
        {
            run.Answer.Line(line);
        }

        return Verb.Ok;
    }

    private static string Lost(RemovalView one) => one.Lost == Role.Unspecified ? "removed" : Names.Of(one.Lost);
}
