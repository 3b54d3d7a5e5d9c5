using System.CommandLine;
using Google.Protobuf;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>How this device stands: account, lock, relay, and each group's freshness. Exit 0, 10, 8 or 12.</summary>
internal static class StatusVerb
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(1);

    private static readonly Argument<string[]> _groups = Verb.Groups();

    private static readonly Option<bool> _fresh = new("--fresh") { Description = "Ask the relay for heads first." };

    private static readonly Option<bool> _members = new("--members") { Description = "Also each device of each member: how far it came, and when it agreed." };

    private static readonly Option<bool> _watch = new("--watch") { Description = "Stay, and show it anew whenever it changes. Ends on Ctrl-C." };

    public static Command Create() => Verb.Create(
        "status", "Show how fresh every group is. Exit 0 all proven, 10 stale or disputed, 8 conflict, 12 frozen.", RunAsync, _groups, _fresh, _members, _watch);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var sync = await run.SyncAsync(cancellation);
        var request = new GetStatusRequest { Groups = { run.Value(_groups) }, Fresh = run.Value(_fresh), Members = run.Value(_members) };
        var status = await run.Notices.WhileAsync("asking the relay", sync.GetStatusAsync(request, cancellationToken: cancellation).ResponseAsync);
        if (run.Value(_watch))
        {
            request.Fresh = false;
            await WatchAsync(run, status, () => sync.GetStatusAsync(request, cancellationToken: cancellation).ResponseAsync, cancellation);
        }

        Show(run, status);
        return FreshnessText.ExitCodeOf(status.Groups);
    }

    // A person sees ages run; a pipe gets a block when something else than an age changed.
    private static async Task WatchAsync(Invocation run, GetStatusResponse first, Func<Task<GetStatusResponse>> look, CancellationToken cancellation)
    {
        var redraws = run.Answer.CanRedraw && !run.Json;
        ByteString? shown = null;
        for (var status = first; ; status = await look())
        {
            var now = Ageless(status);
            if (redraws)
            {
                run.Answer.Clear();
                Show(run, status);
            }
            else if (!now.Equals(shown))
            {
                if (shown is not null && !run.Json)
                {
                    run.Answer.Line();
                }

                Show(run, status);
            }

            shown = now;
            await Task.Delay(_lookEvery, cancellation);
        }
    }

    private static ByteString Ageless(GetStatusResponse status)
    {
        var bare = status.Clone();
        bare.LocksInMs = 0;
        bare.Stream?.ClearSinceMs();
        bare.Stream?.ClearRoundTripMs();
        foreach (var group in bare.Groups)
        {
            group.Freshness?.ClearProofAgeMs();
            group.Freshness?.ClearOldestPendingMs();
            foreach (var device in group.MemberDevices.Append(group.Witness).OfType<MemberDevice>())
            {
                device.ClearBehindMs();
                device.ClearAgreedAgeMs();
                device.ClearSeenAgeMs();
            }

            foreach (var lag in group.Lagging)
            {
                lag.ClearBehindMs();
                lag.ClearSeenAgeMs();
            }
        }

        return bare.ToByteString();
    }

    private static void Show(Invocation run, GetStatusResponse status)
    {
        if (!run.Json)
        {
            StatusPage.Print(run.Answer, status, run.Value(_members));
            return;
        }

        run.Answer.Document(
            new StatusDocument(
                "svault.sync.status/v1",
                AccountPart.Of(status.Account),
                Names.Of(status.LockState),
                status.LocksInMs == 0 ? null : status.LocksInMs,
                status.Unsigned,
                StreamPart.Of(status.Stream),
                [.. status.Groups.Select(GroupPart.Of)]),
            Documents.Json.Default.StatusDocument);
    }
}
