using Vault.Simulation.History;

namespace Vault.Simulation.Runner;

/// <summary>Judges a history from a file.</summary>
internal static class Validation
{
    public static int Run(string path)
    {
        using var file = new StreamReader(path);
        var violation = HistoryFile.Judge(file, out var count);
        Console.WriteLine(violation is null ? $"{count:N0} happenings, no violation" : $"after {count:N0} happenings: {violation.Message}");
        return violation is null ? 0 : 1;
    }
}
