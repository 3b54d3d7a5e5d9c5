using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Throughput;

/// <summary>
/// Signed commits of one put each, pushed one a call over loopback gRPC to a relay process, every caller with its own
/// account, connection and group; against raw SQLite that writes the same rows with the same durability, one transaction a
/// commit for one caller and one for 16 with 16 callers. Commits are signed beforehand: signing is the clients' work.
/// </summary>
internal sealed class PushBenchmark(Rounds rounds, int callers, int commitsEach) : IBenchmark
{
    public string Name => $"push-{callers}";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        using var floor = new SqliteFloor(scratch.Path("floor.db"));
        var all = new List<Caller>();
        try
        {
            for (var i = 0; i < callers; i++)
            {
                all.Add(await Caller.CreateAsync(relay.Address, new SeededRandom((ulong)i), cancellationToken));
            }

            var (measured, best) = await rounds.MeasureAsync(
                () => PushAsync(all, cancellationToken),
                () => Task.FromResult(Write(floor, all)));
            var what = callers == 1 ? "push commits, 1 caller" : $"push commits, {callers} callers";
            var batch = callers == 1 ? "SQLite, WAL and FULL, a transaction each" : $"the same, {callers} a transaction";
            return [new Figure(what, batch, measured, best, Figure.AsRate)];
        }
        finally
        {
            all.ForEach(caller => caller.Dispose());
        }
    }

    private async Task<double> PushAsync(List<Caller> all, CancellationToken cancellationToken)
    {
        var work = all.Select(caller => caller.Sign(commitsEach)).ToList();
        var seconds = await rounds.ClockAsync(() => Task.WhenAll(all.Zip(work, (caller, commits) => caller.PushAsync(commits, cancellationToken))));
        return seconds / (callers * commitsEach);
    }

    private double Write(SqliteFloor floor, List<Caller> all)
    {
        var work = all.Select(caller => caller.Sign(commitsEach)).ToList();
        var batches = Enumerable.Range(0, commitsEach).Select(i => work.Select(commits => commits[i]).ToList()).ToList();
        var seconds = rounds.Clock(() => batches.ForEach(floor.Commit));
        // The chain goes on where the relay left it.
        all.ForEach(caller => caller.Rewind());
        return seconds / (callers * commitsEach);
    }

    private sealed class Caller(Author author, AuthoredGroup group, RelayCalls calls) : IDisposable
    {
        private AuthoredGroup.Mark _pushed = group.Here;

        public static async Task<Caller> CreateAsync(Uri address, SeededRandom random, CancellationToken cancellationToken)
        {
            var author = Author.Create(random);
            var group = AuthoredGroup.Found(author, random);
            var calls = await RelayCalls.RegisterAsync(address, author, cancellationToken);
            var caller = new Caller(author, group, calls);
            await caller.PushAsync(group.Founding, cancellationToken);
            return caller;
        }

        public List<AuthoredCommit> Sign(int count) => [.. Enumerable.Range(0, count).Select(_ => group.Put())];

        public async Task PushAsync(IReadOnlyList<AuthoredCommit> commits, CancellationToken cancellationToken)
        {
            foreach (var commit in commits)
            {
                var response = await calls.PushAsync(commit.Push(), cancellationToken);
                if (response.Outcome != PushOutcome.Accepted)
                {
                    throw new InvalidOperationException($"The relay says {response.Outcome}.");
                }
            }

            _pushed = group.Here;
        }

        public void Rewind() => group.GoTo(_pushed);

        public void Dispose()
        {
            calls.Dispose();
            group.Dispose();
            author.Dispose();
        }
    }
}
