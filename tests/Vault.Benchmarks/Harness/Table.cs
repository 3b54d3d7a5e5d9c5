namespace Vault.Benchmarks.Harness;

/// <summary>The figures as Markdown, ready for a README.</summary>
internal static class Table
{
    public static void Print(IReadOnlyList<Figure> figures, string machine, TextWriter output)
    {
        output.WriteLine(machine);
        output.WriteLine();
        output.WriteLine("| what | Vault | floor | its figure | ratio |");
        output.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var figure in figures)
        {
            var ratio = FormattableString.Invariant($"{figure.Ratio:0.0}×");
            var verdict = figure.IsWithin ? ratio : $"**{ratio}, above {figure.RatioMax}×**";
            output.WriteLine(
                $"| {figure.What} | {figure.Show(figure.Measured)} | {figure.Floor} | {figure.Show(figure.Best)} | {verdict} |");
        }
    }
}
