using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.CommandLine;

public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_holds_in_every_step_prints_one_document_and_leaves_nothing_behind()
    {
        using var scratch = new Scratch();
        var temporary = scratch.Folder("t");
        var start = Programs.Start(Programs.Svault, ["demo", "--json"]);
        start.Environment["TMPDIR"] = temporary;
        start.Environment["HOME"] = scratch.Folder("home");

        var demo = (await Programs.RunAsync(start, [])).Expect(0);

        var document = demo.Document;
        Assert.Equal("svault.demo.run/v1", document.GetProperty("schema").GetString());
        Assert.True(document.GetProperty("held").GetBoolean());
        var steps = document.GetProperty("steps").EnumerateArray().ToArray();
        Assert.All(steps, step =>
        {
            Assert.True(step.GetProperty("held").GetBoolean(), step.GetRawText());
            Assert.True(step.GetProperty("milliseconds").GetDouble() >= 0);
        });
        // The point of it: live sync both ways, what is lost on the way, the removal, and what the removed person's keys open.
        var names = steps.Select(step => step.GetProperty("name").GetString()!).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Superset(
            new HashSet<string> { "add", "edit", "unannounced", "dropped", "failing", "down", "polled", "redialled", "announced", "healed", "remove", "canaries", "closed", "opened" },
            names.ToHashSet());
        Assert.Empty(demo.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path("home")));
        Assert.Empty(Programs.RunningWith(temporary));
    }

    [Fact]
    public async Task The_demo_refuses_an_option_that_it_does_not_know()
    {
        var start = Programs.Start(Programs.Svault, ["demo", "--slowly"]);

        var demo = (await Programs.RunAsync(start, [])).Expect(2);

        Assert.Empty(demo.Text);
        Assert.Contains("--slowly", demo.Errors, StringComparison.Ordinal);
    }
}
