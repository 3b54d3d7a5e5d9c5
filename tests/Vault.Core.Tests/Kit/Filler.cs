using Google.Protobuf;

namespace Vault.Core.Tests.Kit;

/// <summary>Bytes that the rules do not look into: seals, boxes, hashes. Named, so that they are the same in every run.</summary>
internal static class Filler
{
    public static ByteString Bytes(string name, int length) => new SeededRandom("filler/" + name).Bytes(length);

    public static ByteString Hash(string name) => Bytes(name, 32);
}
