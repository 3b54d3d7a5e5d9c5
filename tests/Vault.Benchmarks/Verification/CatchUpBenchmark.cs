using NSec.Cryptography;
using Vault.Benchmarks.Clients;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.Benchmarks.Throughput;
using Vault.Core;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Verification;

/// <summary>
/// A device that was away: pulls 1,000 commits and their blobs over loopback gRPC, verifies them and applies them to its
/// replica on disk; against Ed25519 verification of as many messages and as many rows in raw SQLite, in one transaction. The network
/// and the pages, each with a sync of its own, have no floor here.
/// </summary>
internal sealed class CatchUpBenchmark(Rounds rounds) : IBenchmark
{
    private const int Commits = 1_000;

    public string Name => "catch-up";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        await using var ann = await Person.RegisterAsync(relay.Address, "Ann", scratch.Path("ann"));
        await using var bob = await Person.RegisterAsync(relay.Address, "Bob", scratch.Path("bob"));
        var group = await ann.ShareWithAsync(bob);
        await bob.StopAsync();
        var random = new SeededRandom(5);
        using var author = Author.Create(random);
        using var authored = AuthoredGroup.Found(author, random);
        using var sqlite = new SqliteFloor(scratch.Path("floor.db"));
        var key = PublicKey.Import(SignatureAlgorithm.Ed25519, author.Device.PublicKey, KeyBlobFormat.RawPublicKey);

        var (measured, best) = await rounds.MeasureAsync(
            async () =>
            {
                for (var i = 0; i < Commits; i++)
                {
                    await ann.AddAsync(group);
                }

                var before = await bob.SeqAsync(group);
                var seconds = await rounds.ClockAsync(() => bob.SyncAsync(group));
                var caughtUp = await bob.SeqAsync(group) - before;
                return caughtUp >= Commits ? seconds : throw new InvalidOperationException($"Only {caughtUp} commits came.");
            },
            () => Task.FromResult(Floor(authored, key, sqlite)));
        return [new Figure($"pull, verify and apply {Commits:#,0} commits on another device", "Ed25519 verify, and SQLite, WAL and FULL, one transaction", measured, best, Figure.AsTime)];
    }

    private double Floor(AuthoredGroup authored, PublicKey key, SqliteFloor sqlite)
    {
        List<AuthoredCommit> commits = [.. Enumerable.Range(0, Commits).Select(_ => authored.Put())];
        var framed = commits.ConvertAll(commit =>
        {
            var message = new byte[Signatures.FramedSize(Purpose.SignGroupCommit, commit.Entry.Body.Span)];
            Signatures.Frame(Purpose.SignGroupCommit, commit.Entry.Body.Span, message);
            return message;
        });
        return rounds.Clock(() =>
        {
            for (var i = 0; i < Commits; i++)
            {
                if (!SignatureAlgorithm.Ed25519.Verify(key, framed[i], commits[i].Entry.Signatures[0].Span))
                {
                    throw new InvalidOperationException("A signature of the floor is not valid.");
                }
            }

            sqlite.Commit(commits);
        });
    }
}
