using System.Globalization;
using System.Runtime.InteropServices;

namespace Vault.Benchmarks.Harness;

/// <summary>Where and when: a figure without them says nothing.</summary>
internal static class Machine
{
    public static string Describe(TimeProvider time)
    {
        var date = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return $"{Model()}, {Environment.ProcessorCount} cores, load {Load()}; "
            + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}; {date}";
    }

    private static string Model() =>
        Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    // Of the last minute: above the number of cores, others were at work too.
    private static string Load() => Lines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0] ?? "unknown";

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
