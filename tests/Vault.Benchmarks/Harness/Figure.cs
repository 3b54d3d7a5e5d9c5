namespace Vault.Benchmarks.Harness;

/// <summary>One row of the table.</summary>
/// <param name="What">What Vault does.</param>
/// <param name="Floor">What the floor does.</param>
/// <param name="Measured">Seconds of a piece of work, median of the rounds.</param>
/// <param name="Best">Seconds of the same piece on the floor, median of the rounds.</param>
/// <param name="Show">How a duration is written: as a time, or as a rate.</param>
internal sealed record Figure(string What, string Floor, double Measured, double Best, Func<double, string> Show)
{
    /// <summary>What the product may cost, in floors.</summary>
    public const double RatioMax = 5;

    public double Ratio => Measured / Best;

    public bool IsWithin => Ratio <= RatioMax;

    public static string AsTime(double seconds) => seconds switch
    {
        >= 1 => FormattableString.Invariant($"{seconds:0.00} s"),
        >= 1e-3 => FormattableString.Invariant($"{seconds * 1e3:0.00} ms"),
        _ => FormattableString.Invariant($"{seconds * 1e6:0} µs"),
    };

    public static string AsRate(double seconds) => FormattableString.Invariant($"{1 / seconds:#,0}/s");
}
