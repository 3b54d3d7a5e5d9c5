using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>
/// Says what this device verifies, as it does, until Ctrl-C (130). An agent that is replaced meanwhile, by a lock for instance, is asked
/// again from where the one before was.
/// </summary>
internal static class WatchVerb
{
    private static readonly TimeSpan _closingLimit = TimeSpan.FromSeconds(5);

    private static readonly Argument<string[]> _groups = Verb.Groups();

    private static readonly Option<bool> _lines = new("--jsonl") { Description = "One JSON document a line." };

    public static Command Create() => Verb.Create(
        "watch", "Show changes as they are verified, until Ctrl-C. Example: svault watch --jsonl family", RunAsync, _groups, _lines);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var seen = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var channel = await AgentLauncher.ConnectOrStartAsync(run.Paths, cancellation);
        while (true)
        {
            using var current = channel;
            try
            {
                await FollowAsync(run, current, seen, cancellation);
            }
            catch (AgentException broken) when (!cancellation.IsCancellationRequested)
            {
                // One that was stopped is not started again: whoever stopped it meant that.
                if (broken.Code is not (ExitCode.Agent or ExitCode.Error or ExitCode.Cancelled)
                    || !await HasClosedAsync(current, cancellation)
                    || AgentChannel.TryConnect(run.Paths) is not { } next)
                {
                    throw;
                }

                channel = next;
                run.Notices.Line("svault: the agent was replaced; going on with the new one");
            }
        }
    }

    // The stream breaks a moment before the connection does, with whatever the image that ends was at.
    private static async Task<bool> HasClosedAsync(AgentChannel channel, CancellationToken cancellation)
    {
        try
        {
            await channel.Closed.WaitAsync(_closingLimit, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task FollowAsync(Invocation run, AgentChannel channel, Dictionary<string, ulong> seen, CancellationToken cancellation)
    {
        // Ids once they are known: a locked agent knows no names.
        string[] named = run.Value(_groups) is { Length: > 0 } names ? seen.Count == 0 ? names : [.. seen.Keys] : [];
        var request = new WatchChangesRequest { Groups = { named } };
        request.From.Add(seen.Select(position => new GroupPosition { GroupId = position.Key, Seq = position.Value }));
        using var call = new SyncService.SyncServiceClient(run.Calls(channel)).WatchChanges(request, cancellationToken: cancellation);
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            var change = call.ResponseStream.Current;
            Remember(seen, change);
            Show(run, change);
        }
    }

    private static void Remember(Dictionary<string, ulong> seen, WatchChangesResponse change)
    {
        switch (change.EventCase)
        {
            case WatchChangesResponse.EventOneofCase.Standing:
                foreach (var group in change.Standing.Groups)
                {
                    seen.TryAdd(group.Id, group.Freshness.VerifiedSeq);
                }

                break;
            case WatchChangesResponse.EventOneofCase.Commit:
                seen[change.Commit.GroupId] = change.Commit.Entry.Seq;
                break;
            case WatchChangesResponse.EventOneofCase.Skipped:
                seen[change.Skipped.GroupId] = change.Skipped.ToSeq;
                break;
            default:
                break;
        }
    }

    private static void Show(Invocation run, WatchChangesResponse change)
    {
        if (run.Value(_lines) || run.Json)
        {
            if (WatchDocument.Of(change) is { } document)
            {
                run.Answer.Document(document, JsonLines.Default.WatchDocument);
            }
        }
        else if (change.EventCase == WatchChangesResponse.EventOneofCase.Standing)
        {
            StatusPage.Groups(run.Answer, change.Standing.Groups);
        }
        else
        {
            run.Answer.Line(Sentence(change));
        }
    }

    private static string Sentence(WatchChangesResponse change) => change.EventCase switch
    {
        WatchChangesResponse.EventOneofCase.Commit =>
            $"{Names.OrId(change.Commit.Group, change.Commit.GroupId)} {change.Commit.Entry.Seq}: "
            + $"{Names.OrId(change.Commit.Entry.Author, change.Commit.Entry.AuthorId)}: {string.Join("; ", change.Commit.Entry.Changes.Select(GroupLogVerb.Phrase))}",
        WatchChangesResponse.EventOneofCase.State =>
            $"{Names.OrId(change.State.Group, change.State.GroupId)}: {FreshnessText.Of(change.State.Freshness)}",
        WatchChangesResponse.EventOneofCase.Skipped =>
            $"{Names.OrId(change.Skipped.Group, change.Skipped.GroupId)}: {change.Skipped.FromSeq} to {change.Skipped.ToSeq} passed over; see svault group log",
        _ => "",
    };
}
