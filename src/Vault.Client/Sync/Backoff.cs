using System.Buffers.Binary;
using Vault.Core.Seams;

namespace Vault.Client.Sync;

/// <summary>Full jitter: a uniformly random wait below a bound that doubles, so that losers of one race do not meet again.</summary>
internal static class Backoff
{
    /// <summary>After the k-th lost race: below min(2 s, 50 ms × 2^k).</summary>
    public static TimeSpan AfterLostRace(int k, IRandomSource random) =>
        Jitter(k, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), random);

    /// <summary>After the k-th failed dial: below min(15 s, 250 ms × 2^k).</summary>
    public static TimeSpan AfterFailure(int k, IRandomSource random) =>
        Jitter(k, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(15), random);

    /// <summary>What to multiply an interval by to spread it by ±20 %.</summary>
    public static double Spread(IRandomSource random) => 0.8 + (0.4 * Fraction(random));

    private static TimeSpan Jitter(int k, TimeSpan first, TimeSpan most, IRandomSource random)
    {
        var bound = Math.Min(most.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(k, 20)));
        return TimeSpan.FromMilliseconds(bound * Fraction(random));
    }

    private static double Fraction(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }
}
