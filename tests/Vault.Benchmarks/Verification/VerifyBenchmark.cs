using NSec.Cryptography;
using Vault.Benchmarks.Harness;
using Vault.Core;
using Vault.Core.Groups;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Verification;

/// <summary>
/// Verify and apply 10,000 commits with one put each, by the rules that relay and client share, against libsodium's Ed25519
/// verification of the same 10,000 messages, framed beforehand, under a key imported once.
/// </summary>
internal sealed class VerifyBenchmark(Rounds rounds) : IBenchmark
{
    private const int Commits = 10_000;

    public string Name => "verify";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var random = new SeededRandom(1);
        using var author = Author.Create(random);
        using var group = AuthoredGroup.Found(author, random);
        var start = group.State;
        var commits = new List<AuthoredCommit>(Commits);
        for (var i = 0; i < Commits; i++)
        {
            commits.Add(group.Put());
        }

        var key = PublicKey.Import(SignatureAlgorithm.Ed25519, author.Device.PublicKey, KeyBlobFormat.RawPublicKey);
        var framed = commits.Select(commit => Framed(commit.Entry.Body.Span)).ToList();
        var (measured, best) = await rounds.MeasureAsync(
            () => Task.FromResult(rounds.Clock(() => Extend(start, commits))),
            () => Task.FromResult(rounds.Clock(() => Verify(key, framed, commits))));
        return [new Figure($"verify and apply {Commits:#,0} commits", "Ed25519 verify alone", measured, best, Figure.AsTime)];
    }

    private static void Extend(VerifiedGroup state, List<AuthoredCommit> commits)
    {
        foreach (var commit in commits)
        {
            state = GroupRules.Extend(state, commit.Entry).Value.After;
        }

        if (state.Head != commits[^1].Head)
        {
            throw new InvalidOperationException("The chain ends elsewhere.");
        }
    }

    private static void Verify(PublicKey key, List<byte[]> framed, List<AuthoredCommit> commits)
    {
        for (var i = 0; i < framed.Count; i++)
        {
            if (!SignatureAlgorithm.Ed25519.Verify(key, framed[i], commits[i].Entry.Signatures[0].Span))
            {
                throw new InvalidOperationException("A signature does not verify.");
            }
        }
    }

    private static byte[] Framed(ReadOnlySpan<byte> body)
    {
        var framed = new byte[Signatures.FramedSize(Purpose.SignGroupCommit, body)];
        Signatures.Frame(Purpose.SignGroupCommit, body, framed);
        return framed;
    }
}
