using Vault.Core.Tests.Vectors;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>A history for an implementation in another language.</summary>
internal static class HistoryVector
{
    /// <summary>One chain of a history in the form of the vectors: every fifth an account's, half of them with a refused end.</summary>
    public static Vector ToVector(this History history)
    {
        var name = $"history-{history.Seed}";
        if (history.Seed % 5 == 0)
        {
            if (history.RefusedEntries.Count > 0 && history.Seed % 2 == 0)
            {
                var (person, entry, fault) = history.RefusedEntries[^1];
                return Of(name, AnyChain.Account, person.Then(entry), Expectation.Of(fault, person.Entries.Count));
            }

            var longest = history.People.MaxBy(person => person.Entries.Count)!;
            return Of(name, AnyChain.Account, longest.Entries, Expectation.Legal(longest.State.StateHash().ToString()));
        }

        if (history.RefusedCommits.Count > 0 && history.Seed % 2 == 0)
        {
            var (at, entry, fault) = history.RefusedCommits[(int)(history.Seed / 2 % (ulong)history.RefusedCommits.Count)];
            return Of(name, AnyChain.Group, [.. history.Commits.Take(at), entry], Expectation.Of(fault, at));
        }

        return Of(name, AnyChain.Group, history.Commits, Expectation.Legal(history.State.StateHash().ToString()));
    }

    private static Vector Of(string name, string chain, IReadOnlyList<SignedEntry> entries, Expectation expect) =>
        new(name, expect.Fault ?? 0, "history", chain, [.. entries.Select(VectorEntry.Of)], expect);
}
