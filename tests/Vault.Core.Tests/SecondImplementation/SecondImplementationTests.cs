using System.Globalization;
using System.Text.RegularExpressions;
using Vault.Core.Tests.Histories;
using Vault.Core.Tests.Vectors;

namespace Vault.Core.Tests.SecondImplementation;

/// <summary>The formats once more, written in another language from the documents alone: both must say the same of everything.</summary>
public sealed partial class SecondImplementationTests : IDisposable
{
    private const int VectorsMin = 800;
    private const int Histories = 1_000;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("vault-second-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task The_second_implementation_passes_its_own_tests()
    {
        var run = await Second.NpmAsync("test");
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Fact]
    public async Task It_judges_every_committed_vector_as_the_product_does()
    {
        var run = await Second.NodeAsync("judge.mjs", [.. new[] { "account", "group", "example.json" }.Select(part => Path.Combine(VectorFiles.Folder, part))]);
        Assert.True(Judged(run) > VectorsMin, run.ToString());
    }

    [Fact]
    public async Task It_judges_a_thousand_random_histories_as_the_product_does()
    {
        var path = Path.Combine(_scratch.FullName, "histories.jsonl");
        HistoryTests.Export(path);
        Assert.Equal(Histories, Judged(await Second.NodeAsync("judge.mjs", [path])));
    }

    [Fact]
    public async Task It_says_so_when_a_vector_expects_something_else()
    {
        var refused = VectorBook.All.Vectors.First(vector => !vector.IsLegal);
        var legal = VectorBook.All.Vectors.First(vector => vector.IsLegal);
        var state = legal.Expect.State!;
        var changed = new[]
        {
            refused with { Expect = refused.Expect with { Fault = refused.Expect.Fault + 1 } },
            refused with { Expect = refused.Expect with { At = refused.Expect.At + 1 } },
            legal with { Expect = Expectation.Legal((state[0] == '0' ? '1' : '0') + state[1..]) },
        };
        foreach (var vector in changed)
        {
            var path = Path.Combine(_scratch.FullName, "changed.json");
            await File.WriteAllTextAsync(path, vector.ToJson());
            var run = await Second.NodeAsync("judge.mjs", [path]);
            Assert.True(run.ExitCode == 1, $"{vector.Name}: {run}");
            Assert.Contains("1 judged, 1 mismatches", run.Output, StringComparison.Ordinal);
        }
    }

    private static int Judged(Second.Run run)
    {
        var summary = Summary().Match(run.Output);
        Assert.True(run.ExitCode == 0 && summary.Success && summary.Groups[2].Value == "0", run.ToString());
        return int.Parse(summary.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(\d+) judged, (\d+) mismatches$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
