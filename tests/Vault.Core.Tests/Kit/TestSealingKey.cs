using System.Collections.Concurrent;
using Google.Protobuf;
using Vault.Crypto;

namespace Vault.Core.Tests.Kit;

/// <summary>A well-formed X-Wing key of a name: its seed and public half.</summary>
internal sealed record TestSealingKey(ByteString Seed, ByteString Public)
{
    private static readonly ConcurrentDictionary<string, TestSealingKey> s_byName = new(StringComparer.Ordinal);

    public static TestSealingKey Named(string name) => s_byName.GetOrAdd(name, static n =>
    {
        var seed = Filler.Bytes("x-wing/" + n, SealingKey.SeedSize);
        using var key = SealingKey.FromSeed(seed.Span);
        return new TestSealingKey(seed, ByteString.CopyFrom(key.PublicKey));
    });
}
