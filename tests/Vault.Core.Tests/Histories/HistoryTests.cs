using System.Collections.Concurrent;
using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>
/// Random histories: two thousand in every run, <c>VAULT_HISTORIES=10000</c> as many as one likes. One number is one history:
/// <c>VAULT_HISTORY=n</c> runs that one alone; <c>VAULT_HISTORY_FROM=n</c> starts elsewhere; <c>VAULT_EXPORT_HISTORIES=file</c> writes a thousand as JSON lines.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const ulong FirstSeed = 20_260_000;
    private const int Count = 2_000;
    private const int Exported = 1_000;

    [Fact]
    public void However_a_history_is_read_it_makes_one_state()
    {
        ulong[] seeds = Number("VAULT_HISTORY") is { } one
            ? [one]
            : [.. Enumerable.Range(0, (int)(Number("VAULT_HISTORIES") ?? Count)).Select(i => (Number("VAULT_HISTORY_FROM") ?? FirstSeed) + (ulong)i)];
        output.WriteLine($"histories {seeds[0]} to {seeds[^1]}; one alone: VAULT_HISTORY=n dotnet test --project tests/Vault.Core.Tests");
        var faults = new ConcurrentDictionary<FaultCode, int>();
        var (commits, refused) = (0, 0);
        Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var history = Replayed(seed);
            Interlocked.Add(ref commits, history.Commits.Count);
            Interlocked.Add(ref refused, history.Refused);
            foreach (var fault in history.Faults)
            {
                faults.AddOrUpdate(fault, 1, (_, n) => n + 1);
            }
        });
        output.WriteLine($"{commits} commits accepted, {refused} commits and entries refused");
        output.WriteLine(string.Join(", ", faults.OrderBy(f => f.Key).Select(f => $"{FaultNames.Of(f.Key)} {f.Value}")));
        Assert.True(seeds.Length == 1 || faults.Count > 30, $"only {faults.Count} kinds of fault: the generator lost its malice");
    }

    [Fact]
    public void Histories_are_exported_when_asked()
    {
        if (Environment.GetEnvironmentVariable("VAULT_EXPORT_HISTORIES") is { Length: > 0 } path)
        {
            Export(path);
        }

        Assert.Equal(History.Of(FirstSeed).ToVector().ToJsonLine(), History.Of(FirstSeed).ToVector().ToJsonLine());
    }

    /// <summary>A thousand histories, one vector a line, for an implementation in another language.</summary>
    internal static void Export(string path)
    {
        using var file = new StreamWriter(path) { NewLine = "\n" };
        for (var i = 0; i < Exported; i++)
        {
            file.WriteLine(History.Of(FirstSeed + (ulong)i).ToVector().ToJsonLine());
        }
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static History Replayed(ulong seed)
    {
        try
        {
            var history = History.Of(seed);
            var hash = history.State.StateHash();
            var cold = GroupRules.Verify(Wire(history.Commits)).Value;
            Assert.Equal(hash, cold.StateHash());
            Assert.Equal(history.State.Head, cold.Head);

            var half = history.Commits.Count / 2;
            var restarted = GroupRules.Verify(Wire(history.Commits.Take(Math.Max(1, half)))).Value;
            foreach (var commit in Wire(history.Commits.Skip(Math.Max(1, half))))
            {
                restarted = GroupRules.Extend(restarted, commit).Value.After;
            }

            Assert.Equal(hash, restarted.StateHash());
            foreach (var (at, entry, fault) in history.RefusedCommits.TakeLast(1))
            {
                SameFault(fault, GroupRules.Verify(Wire([.. history.Commits.Take(at), entry])).Fault);
            }

            foreach (var (before, entry, fault) in history.RefusedEntries.TakeLast(1))
            {
                SameFault(fault, AccountRules.Verify(Wire(before.Then(entry))).Fault);
            }

            foreach (var person in history.People.Take(1))
            {
                Assert.Equal(person.State.StateHash(), AccountRules.Verify(Wire(person.Entries)).Value.StateHash());
            }

            return history;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"VAULT_HISTORY={seed} replays this.", e);
        }
    }

    private static void SameFault(Fault expected, Fault actual)
    {
        Assert.Equal((expected.Code, expected.Inner?.Code, expected.Chain, expected.Seq, expected.Author),
            (actual.Code, actual.Inner?.Code, actual.Chain, actual.Seq, actual.Author));
    }

    // Through the wire and back, so that no object is shared.
    private static List<SignedEntry> Wire(IEnumerable<SignedEntry> entries) =>
        [.. entries.Select(entry => SignedEntry.Parser.ParseFrom(entry.ToByteString()))];
}
