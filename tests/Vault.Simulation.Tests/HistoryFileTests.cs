using Vault.Simulation.History;
using Vault.Simulation.Runner;

namespace Vault.Simulation.Tests;

/// <summary>A history that was written can be judged again, by the same validators, without running anything.</summary>
public sealed class HistoryFileTests
{
    private static readonly Lazy<string[]> s_lines = new(() =>
    {
        using var file = new StringWriter();
        Assert.Null(SeedRun.Of(3, brief: true, file).Violation);
        return file.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    });

    [Fact]
    public void A_history_that_kept_every_promise_does_so_when_it_is_read_again()
    {
        Assert.Null(Judge(s_lines.Value, out var count));
        Assert.Equal(s_lines.Value.Length, count);
    }

    [Fact]
    public void An_acknowledgement_without_its_commit_is_found_in_a_file()
    {
        var at = Array.FindLastIndex(s_lines.Value, line => line.StartsWith("""{"what":"acknowledged""", StringComparison.Ordinal));
        var commit = Array.FindLastIndex(s_lines.Value, at, line => line.StartsWith("""{"what":"accepted""", StringComparison.Ordinal));
        var found = Judge([.. s_lines.Value[..commit], s_lines.Value[at]], out _);
        Assert.Equal("no lost acknowledgement", found?.Promise);
    }

    [Fact]
    public void An_edit_that_nobody_shows_at_the_end_is_found_in_a_file()
    {
        var edit = Array.Find(s_lines.Value, line => line.StartsWith("""{"what":"edited""", StringComparison.Ordinal))!;
        var lost = edit.Replace("canary-", "canary-lost-", StringComparison.Ordinal);
        Assert.Equal("no lost edit", Judge([lost, .. s_lines.Value], out _)?.Promise);
    }

    [Theory]
    [InlineData(5, 5, 3, 0, null)]
    [InlineData(5, 5, 3, 1, "removal")]
    [InlineData(5, 4, 3, 0, "removal")]
    public void A_former_member_who_opens_a_later_value_or_not_even_an_earlier_one_is_found_in_a_file(int before, int openedBefore, int after, int openedAfter, string? promise)
    {
        var group = new string('0', 64);
        var tried = $$"""{"what":"former keys","Person":"ann","Group":"{{group}}","Keys":2,"Before":{{before}},"OpenedBefore":{{openedBefore}},"After":{{after}},"OpenedAfter":{{openedAfter}},"At":0}""";
        Assert.Equal(promise, Judge([.. s_lines.Value, tried], out _)?.Promise);
    }

    private static Validators.ViolationException? Judge(string[] lines, out long count)
    {
        using var file = new StringReader(string.Join('\n', lines));
        return HistoryFile.Judge(file, out count);
    }
}
