using System.Globalization;

namespace Vault.Server.Hosting;

/// <summary>Reads a span of time as people write it: <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>7d</c>.</summary>
internal static class Span
{
    private const int UnitsMax = 10_000;

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var units)
            || units is 0 or > UnitsMax)
        {
            return false;
        }

        TimeSpan? found = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(units),
            'm' => TimeSpan.FromMinutes(units),
            'h' => TimeSpan.FromHours(units),
            'd' => TimeSpan.FromDays(units),
            _ => null,
        };
        span = found ?? default;
        return found is not null;
    }
}
