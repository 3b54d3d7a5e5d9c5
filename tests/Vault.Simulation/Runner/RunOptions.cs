using System.Globalization;

namespace Vault.Simulation.Runner;

/// <summary>What a run was asked for.</summary>
internal sealed record RunOptions
{
    private const string Usage = """
        --seeds N        run N seeds (20)
        --from S         starting with seed S (1)
        --of K/N         only each N-th of them, beginning with the K-th: for N processes side by side
        --brief          shorter histories, as CI runs them
        --log FILE       append one line a seed, skip seeds that stand there, sum up over the file
        --history FILE   write what happened, for one seed; validate FILE judges it again
        --stop           end with the first seed that breaks a promise
        --trace          print every message as it goes
        validate FILE    judge a history that was written
        plant [NAME…]    plant bugs in a copy of the source, one at a time, and find each
        """;

    public ulong Seeds { get; private init; } = 20;

    public ulong From { get; private init; } = 1;

    public (ulong K, ulong N) Of { get; private init; } = (1, 1);

    public bool Brief { get; private init; }

    public string? Log { get; private init; }

    public string? History { get; private init; }

    public bool Stop { get; private init; }

    public bool Trace { get; private init; }

    /// <summary>The seeds that are meant.</summary>
    public IEnumerable<ulong> Range()
    {
        for (var seed = From; seed < From + Seeds; seed++)
        {
            if ((seed - From) % Of.N == Of.K - 1)
            {
                yield return seed;
            }
        }
    }

    /// <summary>Null: the arguments mean nothing; what would is printed.</summary>
    public static RunOptions? Parse(string[] args)
    {
        var options = new RunOptions();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--brief":
                    options = options with { Brief = true };
                    continue;
                case "--stop":
                    options = options with { Stop = true };
                    continue;
                case "--trace":
                    options = options with { Trace = true };
                    continue;
                case "--seeds" when Number(value) is { } seeds:
                    options = options with { Seeds = seeds };
                    break;
                case "--from" when Number(value) is { } from:
                    options = options with { From = from };
                    break;
                case "--of" when value.Split('/') is [var k, var n] && Number(k) is { } part && Number(n) is { } parts && part >= 1 && part <= parts:
                    options = options with { Of = (part, parts) };
                    break;
                case "--log" when value.Length > 0:
                    options = options with { Log = value };
                    break;
                case "--history" when value.Length > 0:
                    options = options with { History = value };
                    break;
                default:
                    Console.Error.WriteLine(Usage);
                    return null;
            }

            i++;
        }

        return options;
    }

    private static ulong? Number(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
