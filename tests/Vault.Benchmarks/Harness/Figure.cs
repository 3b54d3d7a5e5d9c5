namespace Vault.Benchmarks.Harness;

/// <summary>One row of the table.</summary>
/// <param name="What">What Vault does.</param>
/// <param name="Floor">What the floor does.</param>
/// <param name="Measured">Of a piece of work, over the rounds: seconds, or bytes.</param>
/// <param name="Best">The same of the floor.</param>
/// <param name="Show">How a figure is written: as a time, a rate or a size.</param>
internal sealed record Figure(string What, string Floor, double Measured, double Best, Func<double, string> Show)
{
    /// <summary>What the product may cost, in floors. Null: the row states a cost, and promises none.</summary>
    public double? RatioMax { get; init; } = 5;

    public double Ratio => Measured / Best;

    public bool IsWithin => RatioMax is not { } most || Ratio <= most;

    public static string AsTime(double seconds) => seconds switch
    {
        >= 1 => FormattableString.Invariant($"{seconds:0.00} s"),
        >= 1e-3 => FormattableString.Invariant($"{seconds * 1e3:0.00} ms"),
        _ => FormattableString.Invariant($"{seconds * 1e6:0} µs"),
    };

    public static string AsRate(double seconds) => FormattableString.Invariant($"{1 / seconds:#,0}/s");

    public static string AsSize(double bytes) => bytes switch
    {
        >= 1 << 20 => FormattableString.Invariant($"{bytes / (1 << 20):0.0} MiB"),
        >= 10 << 10 => FormattableString.Invariant($"{bytes / (1 << 10):0.0} KiB"),
        _ => FormattableString.Invariant($"{bytes:0} B"),
    };
}
