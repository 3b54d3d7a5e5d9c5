using System.Text.Json;

namespace Vault.Simulation.Runner;

/// <summary>A long run as a file, one line a seed: what was run stays, whatever ends the process.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly Dictionary<ulong, SeedOutcome> _done = [];
    private readonly StreamWriter? _file;

    public RunLog(string? path)
    {
        if (path is null)
        {
            return;
        }

        if (File.Exists(path))
        {
            // The last line may have been cut short.
            foreach (var line in File.ReadLines(path).Where(line => line.EndsWith('}')))
            {
                var outcome = JsonSerializer.Deserialize<SeedOutcome>(line)!;
                _done[outcome.Seed] = outcome;
            }
        }

        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public SeedOutcome? Find(ulong seed) => _done.GetValueOrDefault(seed);

    public void Add(SeedOutcome outcome) => _file?.WriteLine(JsonSerializer.Serialize(outcome));

    public void Dispose() => _file?.Dispose();
}
