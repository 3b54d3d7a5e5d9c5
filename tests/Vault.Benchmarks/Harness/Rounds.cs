namespace Vault.Benchmarks.Harness;

/// <summary>
/// Product and floor take turns, so that whatever else the machine does meets both. Where a single change is timed, a turn is one
/// change: a sync right after another takes 110 µs here and one after 5 ms of rest 240 µs, so a floor that runs in bursts would be
/// measured on another disk than the product. At first they only warm up, until the code that runs is the compiler's last word, as
/// in a relay that has been up for a minute: measured on 2 cores, a second of it still has both of them busy compiling. The median
/// of the rounds that follow counts.
/// </summary>
internal sealed class Rounds(TimeSpan warmUp, int count, TimeProvider time)
{
    public TimeProvider Time { get; } = time;

    /// <summary>Medians of seconds, of the product and of the floor.</summary>
    public async Task<(double Measured, double Best)> MeasureAsync(Func<Task<double>> measured, Func<Task<double>> floor)
    {
        for (var began = Time.GetTimestamp(); Time.GetElapsedTime(began) < warmUp;)
        {
            await measured();
            await floor();
        }

        var ours = new List<double>();
        var best = new List<double>();
        for (var round = 0; round < count; round++)
        {
            ours.Add(await measured());
            best.Add(await floor());
        }

        return (Median(ours), Median(best));
    }

    /// <summary>Seconds that some work took.</summary>
    public double Clock(Action work)
    {
        var start = Time.GetTimestamp();
        work();
        return Time.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds that some work took.</summary>
    public async Task<double> ClockAsync(Func<Task> work)
    {
        var start = Time.GetTimestamp();
        await work();
        return Time.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>
    /// Seconds that a change took until it was seen. The work hands back what remains to be awaited, such as the acknowledgement of
    /// what has been seen already; that is not counted.
    /// </summary>
    public async Task<double> ClockAsync<T>(Func<Task<Task<T>>> change)
    {
        var start = Time.GetTimestamp();
        var rest = await change();
        var seconds = Time.GetElapsedTime(start).TotalSeconds;
        await rest;
        return seconds;
    }

    /// <summary>The smallest value that so large a part of them does not exceed.</summary>
    /// <param name="part">Between 0 and 1.</param>
    public static double Percentile(List<double> values, double part)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * part))];
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
