using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vault.Simulation.Scenarios;

var seeds = 20UL;
var from = 1UL;
for (var i = 0; i < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--trace":
            Vault.Simulation.Time.Kernel.Echo = Console.Error;
            i--;
            break;
        case "--seeds" when i + 1 < args.Length:
            seeds = ulong.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--from" when i + 1 < args.Length:
            from = ulong.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        default:
            Console.Error.WriteLine("--seeds N, --from S and --trace are all there is.");
            return 2;
    }
}

var occurred = new SortedDictionary<string, int>(StringComparer.Ordinal);
var hashes = new StringBuilder();
var simulated = TimeSpan.Zero;
var began = TimeProvider.System.GetTimestamp();
for (var seed = from; seed < from + seeds; seed++)
{
    try
    {
        using var scenario = new FirstSlice(seed);
        var result = scenario.Run();
        hashes.Append(result.TraceHash);
        simulated += result.Simulated;
        foreach (var (kind, count) in result.Occurred)
        {
            occurred[kind] = occurred.GetValueOrDefault(kind) + count;
        }
    }
    catch (Exception e)
    {
        Console.Error.WriteLine($"seed {seed} failed: {e}\nReplay: dotnet run -c Release --project tests/Vault.Simulation -- --seeds 1 --from {seed}");
        return 1;
    }
}

var elapsed = TimeProvider.System.GetElapsedTime(began);
foreach (var (kind, count) in occurred)
{
    Console.WriteLine($"{count,10}  {kind}");
}

Console.WriteLine($"{seeds} seeds from {from}: {simulated.TotalHours:0.0} simulated hours in {elapsed.TotalSeconds:0.0} s, no violation");
Console.WriteLine(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashes.ToString()))));
return 0;
