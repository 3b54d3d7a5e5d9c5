using System.Buffers.Binary;
using System.Security.Cryptography;
using Vault.Core.Seams;

namespace Vault.Tests.Shared;

/// <summary>Bytes that are the same for one seed: SHA-256 of the seed and a counter.</summary>
public sealed class SeededRandom(ulong seed) : IRandomSource
{
    private ulong _block;

    /// <summary>The seed, for the line that a failure prints.</summary>
    public ulong Seed { get; } = seed;

    public void Fill(Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[16];
        Span<byte> output = stackalloc byte[32];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64BigEndian(input, Seed);
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

    /// <summary>At least 0, below the bound; the bias is below one in four billion.</summary>
    public int Below(int bound)
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(bytes) % (ulong)bound);
    }
}
