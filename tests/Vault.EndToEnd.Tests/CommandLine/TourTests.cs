using System.Globalization;
using System.Text.RegularExpressions;
using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.CommandLine;

public sealed partial class TourTests
{
    private const string ReadmePort = "127.0.0.1:7467";
    private const string ReadmeFolder = "/tmp/tour";

    [Fact]
    public async Task The_tour_of_the_README_works_to_the_letter_with_a_restart_in_the_middle()
    {
        using var scratch = new Scratch();
        var port = Ports.Next().ToString(CultureInfo.InvariantCulture);
        var tour = Section(await File.ReadAllTextAsync(Readme(), TestContext.Current.CancellationToken))
            .Replace(ReadmePort, $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace(ReadmeFolder, scratch.Folder("tour"), StringComparison.Ordinal);
        var blocks = Blocks(tour);
        Assert.Equal(3, blocks.Length);
        var (relayLines, annLines, benLines) = (blocks[0], blocks[1], blocks[2]);

        var relay = await StartRelayAsync(relayLines[0]);
        await using var ann = new Person("Ann", Home(annLines[0]));
        await using var ben = new Person("Ben", Home(benLines[0]));
        try
        {
            Task<string> AtAsync(Person person, string line, params (string, string)[] answers) =>
                Terminal.RunAsync(person.Home, line.Replace("sha256/…", relay.Address.Fragment.TrimStart('#'), StringComparison.Ordinal), answers);

            // A command that stands in a sentence of the tour.
            Task<string> SaidAsync(Person person, string command, params (string, string)[] answers)
            {
                Assert.Contains($"`{command}`", tour, StringComparison.Ordinal);
                return AtAsync(person, command, answers);
            }

            Assert.Equal(5, annLines.Length);
            Assert.Contains("EMERGENCY KIT", await AtAsync(ann, annLines[1], ("Password: ", ann.Password), ("again: ", ann.Password)), StringComparison.Ordinal);
            await AtAsync(ann, annLines[2]);
            await AtAsync(ann, annLines[3], ("password: ", "as Ann typed it"));
            var code = InviteCode().Match(await AtAsync(ann, annLines[4])).Value;

            Assert.Equal(5, benLines.Length);
            await AtAsync(ben, benLines[1], ("Password: ", ben.Password), ("again: ", ben.Password));
            Assert.Contains("Joined family", await AtAsync(ben, benLines[2], ("code: ", code)), StringComparison.Ordinal);
            Assert.Contains("as Ann typed it", await AtAsync(ben, benLines[3]), StringComparison.Ordinal);
            await AtAsync(ben, benLines[4], ("password: ", "as Ben changed it"));

            await ann.ReachAsync("family", await ben.HeadAsync("family"));
            Assert.Contains("as Ben changed it", await SaidAsync(ann, "svault show family/Router --reveal"), StringComparison.Ordinal);
            Assert.Contains("Ben", await SaidAsync(ann, "svault group log family"), StringComparison.Ordinal);
            Assert.Contains("family", await SaidAsync(ann, "svault status"), StringComparison.Ordinal);

            await relay.SignalAsync("INT");
            await relay.WaitForExitAsync(TestContext.Current.CancellationToken);
            await relay.DisposeAsync();
            relay = await StartRelayAsync(relayLines[0]);
            foreach (var person in (Person[])[ann, ben])
            {
                await SaidAsync(person, "svault agent stop");
                await SaidAsync(person, "svault unlock", ("Password: ", person.Password));
                await SaidAsync(person, "svault sync");
                Assert.Contains("as Ben changed it", await AtAsync(person, "svault get family/Router"), StringComparison.Ordinal);
            }

            var removed = await SaidAsync(ann, "svault member remove family Ben", ("[y/N] ", "y"));
            Assert.Contains("Router", removed, StringComparison.Ordinal);
            await SaidAsync(ann, "svault help exit-codes");
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    private static Task<RelayProcess> StartRelayAsync(string line)
    {
        Assert.StartsWith("svault-server run ", line, StringComparison.Ordinal);
        string[] arguments = [.. line.Split(' ').Skip(1)];
        return RelayProcess.StartAsync([RelayProcess.Dotnet, RelayProcess.BuiltProgram, .. arguments], TestContext.Current.CancellationToken);
    }

    private static string Home(string line)
    {
        Assert.StartsWith("export SVAULT_HOME=", line, StringComparison.Ordinal);
        return line["export SVAULT_HOME=".Length..];
    }

    private static string Readme()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Vault.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("This test runs outside the repository.");
        }

        return Path.Combine(folder.FullName, "README.md");
    }

    private static string Section(string readme)
    {
        var from = readme.IndexOf("## A tour", StringComparison.Ordinal);
        return readme[from..readme.IndexOf("\n## ", from, StringComparison.Ordinal)];
    }

    // Indented lines, one array for each run of them, without the lines that only show output.
    private static string[][] Blocks(string section) =>
    [
        .. section.Split("\n\n")
            .Select(part => part.Trim('\n').Split('\n'))
            .Where(lines => lines.All(line => line.StartsWith("    ", StringComparison.Ordinal)))
            .Select(lines => lines.Select(line => line.Trim()).Where(line => line[0] != '#').ToArray()),
    ];

    [GeneratedRegex("SVI1(-[0-9A-Z]+)+")]
    private static partial Regex InviteCode();
}
