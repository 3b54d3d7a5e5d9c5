using System.Globalization;
using System.Text.RegularExpressions;
using Vault.Core.Tests.Histories;
using Vault.Core.Tests.Vectors;

namespace Vault.Core.Tests.SecondImplementation;

/// <summary>The formats once more, written in another language from the documents alone: both must say the same of everything.</summary>
public sealed partial class SecondImplementationTests : IDisposable
{
    private const int Examples = 1;
    private const int Histories = 1_000;
    private const int ShuffledFiles = 600;

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
        Assert.Equal(
            VectorFiles.Names.Count + VectorFiles.EvidenceNames.Count + Examples,
            Judged(await Second.NodeAsync("judge.mjs", [VectorFiles.Folder])));
    }

    [Fact]
    public async Task It_judges_a_thousand_random_histories_as_the_product_does()
    {
        var path = Path.Combine(_scratch.FullName, "histories.jsonl");
        HistoryTests.Export(path);
        Assert.Equal(Histories, Judged(await Second.NodeAsync("judge.mjs", [path])));
    }

    [Fact]
    public async Task It_judges_shuffled_evidence_as_the_product_does()
    {
        var files = ShuffledEvidence.Many(ShuffledFiles);
        var verdicts = files.CountBy(file => file.Expect.Fault ?? 0).OrderBy(verdict => verdict.Key).ToList();
        Assert.True(verdicts.Count > 6, $"only {string.Join(", ", verdicts)}: the shuffle lost its malice");

        var path = Path.Combine(_scratch.FullName, "evidence.jsonl");
        await File.WriteAllLinesAsync(path, files.Select(file => file.ToJsonLine()));
        Assert.Equal(ShuffledFiles, Judged(await Second.NodeAsync("judge.mjs", [path])));
    }

    [Fact]
    public async Task It_says_so_when_a_vector_expects_something_else()
    {
        var refused = VectorBook.All.Vectors.First(vector => !vector.IsLegal);
        var legal = VectorBook.All.Vectors.First(vector => vector.IsLegal);
        await AssertSaysSoAsync(
            refused.ToJson(),
            (refused with { Expect = refused.Expect with { Fault = refused.Expect.Fault + 1 } }).ToJson(),
            (refused with { Expect = refused.Expect with { At = refused.Expect.At + 1 } }).ToJson());
        await AssertSaysSoAsync(legal.ToJson(), (legal with { Expect = Expectation.Legal(Other(legal.Expect.State!)) }).ToJson());
    }

    [Fact]
    public async Task It_says_so_when_evidence_expects_something_else()
    {
        var refused = EvidenceVectors.All().First(vector => !vector.IsLegal);
        var legal = EvidenceVectors.All().First(vector => vector.IsLegal);
        var shown = legal.Expect;
        await AssertSaysSoAsync(refused.ToJson(), With(refused, EvidenceExpectation.Refused(refused.Fault + 1)), With(refused, shown));
        await AssertSaysSoAsync(
            legal.ToJson(),
            With(legal, refused.Expect),
            With(legal, shown with { Group = Other(shown.Group!) }),
            With(legal, shown with { Predecessor = shown.Predecessor + 1 }),
            With(legal, shown with { Ours = shown.Theirs, Theirs = shown.Ours }),
            With(legal, shown with { Ours = Other(shown.Ours!) }),
            With(legal, shown with { Theirs = Other(shown.Theirs!) }));

        static string With(EvidenceVector vector, EvidenceExpectation expect) => (vector with { Expect = expect }).ToJson();
    }

    /// <summary>The vector passes, and none of those that were changed does.</summary>
    private async Task AssertSaysSoAsync(string vector, params string[] changed)
    {
        Assert.Equal(1, Judged(await JudgeAsync(vector)));
        foreach (var one in changed)
        {
            var run = await JudgeAsync(one);
            Assert.True(run.ExitCode == 1, $"{one}\n{run}");
            Assert.Contains("1 judged, 1 mismatches", run.Output, StringComparison.Ordinal);
        }
    }

    private async Task<Second.Run> JudgeAsync(string vector)
    {
        var path = Path.Combine(_scratch.FullName, "one.json");
        await File.WriteAllTextAsync(path, vector);
        return await Second.NodeAsync("judge.mjs", [path]);
    }

    /// <summary>Hex with another first digit.</summary>
    private static string Other(string hex) => (hex[0] == '0' ? '1' : '0') + hex[1..];

    private static int Judged(Second.Run run)
    {
        var summary = Summary().Match(run.Output);
        Assert.True(run.ExitCode == 0 && summary.Success && summary.Groups[2].Value == "0", run.ToString());
        return int.Parse(summary.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(\d+) judged, (\d+) mismatches$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
