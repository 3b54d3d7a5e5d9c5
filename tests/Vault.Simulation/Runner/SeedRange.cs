using Vault.Simulation.Time;

namespace Vault.Simulation.Runner;

/// <summary>Runs the seeds of a range one after the other, and sums up.</summary>
internal static class SeedRange
{
    public static int Run(RunOptions options)
    {
        Kernel.Echo = options.Trace ? Console.Error : null;
        using var log = new RunLog(options.Log);
        var summary = new Summary();
        foreach (var seed in options.Range())
        {
            if (log.Find(seed) is { } done)
            {
                summary.Add(done, isNew: false);
                continue;
            }

            using var history = options.History is { } path ? new StreamWriter(path) : null;
            var outcome = SeedRun.Of(seed, options.Brief, history);
            log.Add(outcome);
            summary.Add(outcome, isNew: true);
            if (outcome.Violation is not null)
            {
                Console.Error.WriteLine($"seed {seed}: {outcome.Violation}\n  {SeedRun.Replay(seed, options.Brief)}");
                if (options.Seeds == 1)
                {
                    Console.Error.WriteLine(outcome.Detail);
                }

                if (options.Stop)
                {
                    break;
                }
            }
        }

        summary.Print(Console.Out);
        return summary.Violations > 0 ? 1 : 0;
    }
}
