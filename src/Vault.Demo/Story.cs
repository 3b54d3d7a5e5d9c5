using Vault.Ipc.V1;

namespace Vault.Demo;

/// <summary>
/// What happens: two people, one shared group, live sync; notifications are lost, then the stream is; a removal; then the relay's files
/// are searched and attacked.
/// </summary>
internal sealed class Story(Stage stage, DemoReport report)
{
    private const string Group = "family";
    private const string Shared = "Router of the summer house";
    private const string After = "Bank of the summer house";
    private const string UserName = "gardener@summer.example";
    private const string Url = "https://router.summer.example/login";
    private const string First = "first-Secret-4711";
    private const string Second = "second-Secret-0815";
    private const string Unannounced = "third-Secret-1618";
    private const string Polled = "fourth-Secret-2718";
    private const string Healed = "fifth-Secret-3141";
    private const string Last = "last-Secret-2342";

    public async Task PlayAsync(CancellationToken cancellation)
    {
        try
        {
            await ActAsync(cancellation);
        }
        catch (DemoEndedException)
        {
            // The report says which step did not hold, and why.
        }
        catch (OperationCanceledException)
        {
            report.Check("interrupted", "Interrupted", false);
        }
#pragma warning disable CA1031 // Whatever it is, the report says so, and the stage is cleared.
        catch (Exception e)
#pragma warning restore CA1031
        {
            report.Check("unexpected", "The demo itself failed", false, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private async Task ActAsync(CancellationToken cancellation)
    {
        report.Scene("A relay that nobody trusts, and two people");
        var relay = await report.DoAsync("relay", "A relay starts on loopback, on SQLite in a temporary directory", () => stage.StartRelayAsync(cancellation));
        var ann = await report.DoAsync("agent-ann", "Ann's agent starts, in a home of its own", () => stage.StartPersonAsync("ann", cancellation));
        var ben = await report.DoAsync("agent-ben", "Ben's agent starts, in a home of its own", () => stage.StartPersonAsync("ben", cancellation));
        await Do("register-ann", "Ann registers (Argon2id, 128 MiB)", () => ann.RegisterAsync(relay));
        await Do("register-ben", "Ben registers", () => ben.RegisterAsync(relay));

        report.Scene("A shared group");
        var groupId = await report.DoAsync("group", $"Ann creates \"{Group}\"", () => ann.CreateGroupAsync(Group));
        var code = await report.DoAsync("invite", "Ann invites Ben by a code", () => ann.InviteAsync(Group, "Ben"));
        await Do("join", "Ben joins with the code; Ann's device checks the proof and adds him", () => ben.JoinAsync(code));

        report.Scene("Live sync: from change to visible on the other device");
        var selector = $"{Group}/{Shared}";
        var field = $"{selector}#password";
        await Do("add", "Ann adds a login; Ben's device shows it", () => Both(
            ann.AddLoginAsync(Group, Shared, UserName, First, Url), ben.SeesAsync(field, First, cancellation)));
        await Do("edit", "Ben changes its password; Ann's device shows it", () => Both(
            ben.ChangePasswordAsync(selector, Second), ann.SeesAsync(field, Second, cancellation)));

        report.Scene("Notifications are lost, and nobody says so: calls pass, the stream stands, its beats flow");
        await Do("live", "Ben's device says that it is live", () => ben.SaysAsync(StreamState.Up, GroupState.Live, cancellation));
        stage.Sieve.Drops = true;
        await Do("unannounced", "Ann edits; Ben's poll finds it within 45 s", () => Both(
            ann.ChangePasswordAsync(selector, Unannounced), ben.SeesAsync(field, Unannounced, cancellation)));
        report.Check("dropped", $"{stage.Sieve.Dropped} notifications were lost on the way", stage.Sieve.Dropped > 0);
        await Do("failing", "Ben's status says that notifications are failing", () => ben.SaysAsync(StreamState.Failing, GroupState.Polling, cancellation));
        stage.Sieve.Cut();
        await Do("down", "The stream dies as well; Ben's status says that too", () => ben.SaysAsync(StreamState.Down, GroupState.Polling, cancellation));
        await Do("polled", "Ann edits; Ben's poll finds it", () => Both(
            ann.ChangePasswordAsync(selector, Polled), ben.SeesAsync(field, Polled, cancellation)));
        stage.Sieve.Heal();
        await Do("redialled", "All of it passes again; Ben's stream is back, and not trusted yet", () => ben.SaysAsync(StreamState.Failing, GroupState.Polling, cancellation));
        await Do("announced", "Ann edits; Ben's device shows it at once", () => Both(
            ann.ChangePasswordAsync(selector, Healed), ben.SeesAsync(field, Healed, cancellation)));
        await Do("healed", "The stream told of it first: Ben's device says that it is live", () => ben.SaysAsync(StreamState.Up, GroupState.Live, cancellation));

        report.Scene("A removal");
        await Do("remove", "Ann removes Ben; Ben's device says so", () => Both(
            ann.RemoveAsync(Group, ben.AccountId), ben.SeesRemovalAsync(groupId, cancellation)));
        await Do("add-after", "Ann adds another secret", () => ann.AddLoginAsync(Group, After, UserName, Last, Url));
        report.Check("hidden", "Ben's device does not show it", !await ben.ShowsAsync($"{Group}/{After}"));
        await Do("seen", "Ann's device does", () => ann.SeesAsync($"{Group}/{After}#password", Last, cancellation));

        report.Scene("What the relay has");
        await Inspect(ann, ben, groupId);
    }

    private async Task Inspect(Person ann, Person ben, string groupId)
    {
        // Before the relay closes its files: the write-ahead log is part of what a thief would take.
        string[] secrets = [First, Second, Unannounced, Polled, Healed, Last, Shared, After, UserName, Url, Group, "ann's laptop", "ben's laptop", ann.Password, ben.Password];
        var scan = CanaryScan.Of(stage.RelayDirectory, secrets);
        report.Check(
            "canaries",
            $"No secret, title, address or name in any of {scan.Files} files, {scan.Bytes} bytes of the relay (UTF-8, UTF-16, hex, base64)",
            scan is { Found.Count: 0, Files: > 0, Bytes: > 0 },
            string.Join(", ", scan.Found));
        using var marker = PlantedMarker.In(stage.RelayDirectory);
        report.Check("marker", "A planted marker is found in each of those forms", marker.IsFoundInEveryForm());

        var evidence = RelayEvidence.Read(stage.RelayDirectory, groupId);
        var theirs = await report.DoAsync("keys-ben", "Every key that Ben ever held is gathered", () => KeyRing.OfAsync(evidence, ben));
        var own = await report.DoAsync("keys-ann", "So are Ann's", () => KeyRing.OfAsync(evidence, ann));
        using (theirs)
        using (own)
        {
            var trial = Trial.Of(evidence, theirs);
            report.Check(
                "closed", $"Ben's keys open nothing written after his removal ({trial.Attempts} attempts)", trial is { Opened: 0, Attempts: > 0 }, trial.Note);
            report.Check("opened-before", "They do open what was written before it", Trial.OpensEarlier(evidence, theirs, Shared));
            report.Check("opened", "Ann's key opens it", Trial.OpensLatest(evidence, own, After));
        }
    }

    private Task<bool> Do(string name, string text, Func<Task> act) => report.DoAsync(name, text, async () =>
    {
        await act();
        return true;
    });

    // Whichever fails first says why; waiting for the other would only hide it.
    private static async Task Both(Task change, Task seen)
    {
        await await Task.WhenAny(change, seen);
        await Task.WhenAll(change, seen);
    }
}
