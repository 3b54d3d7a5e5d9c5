using System.Buffers.Binary;
using System.Security.Cryptography;
using Vault.Core.Seams;

namespace Vault.Server.Tests.Kit;

/// <summary>Random bytes that are the same in each run: SHA-256 of a seed and a counter.</summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private ulong _block;

    public void Fill(Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[16];
        Span<byte> output = stackalloc byte[32];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64BigEndian(input, seed);
            BinaryPrimitives.WriteUInt64BigEndian(input[8..], _block++);
            SHA256.HashData(input, output);
            var count = Math.Min(output.Length, destination.Length);
            output[..count].CopyTo(destination);
            destination = destination[count..];
        }
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }
}
