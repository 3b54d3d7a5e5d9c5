using System.Globalization;

namespace Vault.Cli.Shell;

/// <summary>Spans of time as people type and read them.</summary>
internal static class Durations
{
    /// <summary>"30s", "15m", "72h", "30d"; a bare number is seconds.</summary>
    public static TimeSpan Parse(string text)
    {
        var (number, unit) = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? (text[..^1], text[^1]) : (text, 's');
        if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 10_000_000)
        {
            throw Usage.Wrong("That is not a span of time.", "Write 30s, 15m, 72h or 30d.");
        }

        return unit switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => throw Usage.Wrong("That is not a span of time.", "Write 30s, 15m, 72h or 30d."),
        };
    }

    /// <summary>The two largest units: "0.4s", "42m", "3h12m", "9d4h".</summary>
    public static string Format(ulong milliseconds)
    {
        var span = TimeSpan.FromMilliseconds(Math.Min(milliseconds, 1e12));
        return span switch
        {
            { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0}s"),
            { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds}s",
            { TotalHours: < 1 } => $"{(int)span.TotalMinutes}m",
            { TotalDays: < 1 } => span.Minutes == 0 ? $"{(int)span.TotalHours}h" : $"{(int)span.TotalHours}h{span.Minutes:00}m",
            _ => span.Hours == 0 ? $"{(int)span.TotalDays}d" : $"{(int)span.TotalDays}d{span.Hours}h",
        };
    }

    /// <summary>How long ago a time by this device's clock was. Empty for 0, which means unknown, and for a time to come.</summary>
    public static string Age(long milliseconds)
    {
        var age = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - milliseconds;
        return milliseconds <= 0 || age < 0 ? "" : Format((ulong)age);
    }

    /// <summary>RFC 3339, UTC, to the second. Null for 0, which means unknown.</summary>
    public static string? Utc(long milliseconds)
    {
        // Times come from other people's clocks: one out of range is unknown too.
        const long last = 253_402_300_799_999;
        return milliseconds is <= 0 or > last
            ? null
            : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
