using System.Collections.Concurrent;
using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Crypto;

namespace Vault.Core.Tests.Kit;

/// <summary>An Ed25519 key of a name. Found again by its public half, so that whoever holds a state can sign for it.</summary>
internal sealed class TestKey
{
    private static readonly ConcurrentDictionary<string, TestKey> s_byName = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<Hash32, TestKey> s_byPublicKey = new();
    private static readonly ConcurrentDictionary<DeviceId, TestKey> s_byDevice = new();

    private readonly SigningKey _key;

    private TestKey(string name)
    {
        Seed = Filler.Bytes("ed25519/" + name, 32);
        _key = SigningKey.FromSeed(Seed.Span);
        Public = ByteString.CopyFrom(_key.PublicKey);
    }

    public ByteString Seed { get; }

    public ByteString Public { get; }

    public static TestKey Named(string name) => s_byName.GetOrAdd(name, static n =>
    {
        var key = new TestKey(n);
        s_byPublicKey[Hash32.Parse(key.Public.Span)] = key;
        s_byDevice[KeyIds.OfDevice(key.Public.Span)] = key;
        return key;
    });

    public static TestKey Of(ByteString publicKey) => s_byPublicKey[Hash32.Parse(publicKey.Span)];

    public static TestKey Of(DeviceId device) => s_byDevice[device];

    /// <summary>False for the public half that a flipped bit made: nobody holds its seed.</summary>
    public static bool IsHeld(ByteString publicKey) => Hash32.TryParse(publicKey.Span, out var key) && s_byPublicKey.ContainsKey(key);

    public static bool Knows(ByteString device) => DeviceId.TryParse(device, out var id) && s_byDevice.ContainsKey(id);

    public ByteString Sign(Purpose purpose, ByteString body) => UnsafeByteOperations.UnsafeWrap(_key.Sign(purpose, body.Span));
}
