using System.CommandLine;
using System.Globalization;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>What happened in a group, from the verified chain.</summary>
internal static class GroupLogVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    private static readonly Option<uint> _limit = new("--limit", "-n")
    {
        Description = "At most so many entries.",
        HelpName = "count",
        DefaultValueFactory = _ => 50,
    };

    private static readonly Option<ulong> _before = new("--before") { Description = "Only entries below this position.", HelpName = "seq" };

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create(
        "log", "Show who did what in a group, newest first.", RunAsync, [_group, _limit, _before, .. _read.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var groups = await run.GroupsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            groups.ListGroupLogAsync(
                new ListGroupLogRequest
                {
                    Group = run.Value(_group),
                    Limit = run.Value(_limit),
                    BeforeSeq = run.Value(_before),
                    Read = _read.Of(run),
                },
                cancellationToken: cancellation).ResponseAsync);
        run.Notices.Freshness(run.Value(_group), response.Freshness);
        if (run.Json)
        {
            run.Answer.Document(
                new GroupLogDocument(
                    "svault.group.log/v1", [.. response.Entries.Select(LogPart.Of)], response.More, FreshnessPart.Of(response.Freshness)),
                Documents.Json.Default.GroupLogDocument);
            return Verb.Ok;
        }

        run.Answer.Table(
            ["SEQ", "TIME", "AUTHOR", "CHANGES"],
            response.Entries.Select(entry => new[]
            {
                entry.Seq.ToString(CultureInfo.InvariantCulture),
                Durations.Utc(entry.TimeMs) ?? "",
                Names.OrId(entry.Author, entry.AuthorId),
                string.Join("; ", entry.Changes.Select(Phrase)),
            }));
        if (response.More)
        {
            run.Notices.Line($"svault: there is more; add --before {response.Entries[^1].Seq}");
        }

        return Verb.Ok;
    }

    internal static string Phrase(LogChange change)
    {
        var subject = Names.OrId(change.Subject, change.SubjectId);
        var role = change.Role == Role.Unspecified ? "" : $" as {Names.Of(change.Role)}";
        return $"{Names.Of(change.Kind)} {subject}{role}".TrimEnd();
    }
}
