using Vault.Simulation.Scenarios;
using Vault.Simulation.Time;
using Vault.Simulation.Validators;

namespace Vault.Simulation.Runner;

/// <summary>One seed, from beginning to end.</summary>
public static class SeedRun
{
    /// <summary>Runs it.</summary>
    public static SeedOutcome Of(ulong seed, bool brief, TextWriter? history = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            using var story = new Story(seed, brief, history);
            var result = story.Run();
            return new SeedOutcome
            {
                Seed = seed,
                Hash = result.TraceHash,
                Events = result.Events,
                Seconds = result.Simulated.TotalSeconds,
                DeviceSeconds = result.DeviceTime.TotalSeconds,
                Ms = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds,
                Occurred = new SortedDictionary<string, int>(result.Occurred.ToDictionary(), StringComparer.Ordinal),
            };
        }
#pragma warning disable CA1031 // Whatever ends a run is what the run has found.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new SeedOutcome { Seed = seed, Violation = Text(e), Detail = e.ToString(), Ms = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds };
        }
    }

    /// <summary>The command that runs a seed again.</summary>
    public static string Replay(ulong seed, bool brief) =>
        $"dotnet run -c Release --project tests/Vault.Simulation -- --seeds 1 --from {seed}{(brief ? " --brief" : "")} --history /tmp/history";

    private static string Text(Exception e) => e switch
    {
        ViolationException violation => violation.Message,
        SimulationFailedException { InnerException: { } inner } => Text(inner),
        _ => $"{e.GetType().Name}: {e.Message}",
    };
}

/// <summary>What came of a seed.</summary>
public sealed record SeedOutcome
{
    public required ulong Seed { get; init; }

    /// <summary>Null: every promise was kept.</summary>
    public string? Violation { get; init; }

    /// <summary>The violation with where it was found.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? Detail { get; init; }

    /// <summary>Of the trace.</summary>
    public string Hash { get; init; } = "";

    public long Events { get; init; }

    public double Seconds { get; init; }

    public double DeviceSeconds { get; init; }

    public double Ms { get; init; }

    public SortedDictionary<string, int> Occurred { get; init; } = [];
}
