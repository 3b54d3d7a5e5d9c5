using System.Diagnostics;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>What people see of how current everything is.</summary>
public sealed class StatusTests(Household house) : IClassFixture<Household>
{
    [Fact]
    public async Task Status_names_each_device_and_a_code_is_alike_on_both_sides()
    {
        var (ann, ben) = (house.Ann, house.Ben);
        await ann.AddAsync("family/Shown", "before");
        await ann.DoAsync("sync", "family");
        await ben.DoAsync("sync", "family");

        // Each hears of the other, on the stream or with the next poll.
        var ends = Stopwatch.GetTimestamp() + (long)(Programs.Deadline.TotalSeconds * Stopwatch.Frequency);
        Outcome seen;
        do
        {
            Assert.True(Stopwatch.GetTimestamp() < ends, "Ben's device was not heard of.");
            await ben.DoAsync("sync", "family");
            seen = await ann.DoAsync("status", "family", "--members", "--fresh", "--json");
        }
        while (seen.Document.GetProperty("groups")[0].GetProperty("memberDevices").EnumerateArray().Any(device => device.GetProperty("standing").GetString() == "unheard"));

        Assert.Equal(2, seen.Document.GetProperty("groups")[0].GetProperty("devices").GetInt32());
        Assert.Equal(
            Environment.MachineName,
            Assert.Single(
                seen.Document.GetProperty("groups")[0].GetProperty("memberDevices").EnumerateArray(),
                device => device.GetProperty("standing").GetString() == "this-device").GetProperty("deviceName").GetString());
        var shown = await Terminal.RunAsync(ann.Home, "stty cols 80; NO_COLOR=1 svault status --members --fresh");
        Assert.DoesNotContain('\u001b', shown);
        Assert.All(shown.Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= 80, line));
        Assert.All(
            ["GROUP", "DEVICES", "family", "personal", "owner", "live", "Ben", "this device", "unlocked", "stream up"],
            word => Assert.Contains(word, shown, StringComparison.Ordinal));

        var code = (await ann.DoAsync("group", "code", "family", "--fresh")).Text;
        Assert.Equal(6, code.Split(' ').Length);
        Assert.Equal(code, (await ben.DoAsync("group", "code", "family", "--fresh")).Text);
        await ann.AddAsync("family/Later", "after");
        Assert.NotEqual(code, (await ann.DoAsync("group", "code", "family")).Text);
    }

    [Fact]
    public async Task Watching_the_status_prints_a_block_a_change_and_ends_on_an_interrupt()
    {
        var ann = house.Ann;
        var start = Programs.Start(Programs.Svault, ["status", "family", "--watch", "--fresh"]);
        start.Environment["SVAULT_HOME"] = ann.Home;
        using var watching = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Programs.Deadline);
        var first = await HeadAsync(watching, 0, limit.Token);
        await ann.AddAsync("family/Watched", "value");
        Assert.True(await HeadAsync(watching, first, limit.Token) > first);

        using var interrupt = Process.Start("kill", ["-INT", $"{watching.Id}"]);
        await watching.WaitForExitAsync(limit.Token);
        Assert.Equal(130, watching.ExitCode);
    }

    // The next block that shows the group beyond a position.
    private static async Task<ulong> HeadAsync(Process watching, ulong beyond, CancellationToken cancellationToken)
    {
        while (await watching.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("family", StringComparison.Ordinal)
                && ulong.TryParse(line.Split(' ').First(word => word.Contains('/', StringComparison.Ordinal)).Split('/')[0], out var head) && head > beyond)
            {
                return head;
            }
        }

        throw new InvalidOperationException($"It ended: {await watching.StandardError.ReadToEndAsync(cancellationToken)}");
    }
}
