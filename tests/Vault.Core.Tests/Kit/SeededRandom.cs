using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Vault.Core.Seams;

namespace Vault.Core.Tests.Kit;

/// <summary>Chance from a seed: SHA-256 of seed and a counter, so that one seed gives one history everywhere.</summary>
internal sealed class SeededRandom : IRandomSource
{
    private readonly byte[] _block = new byte[40];
    private readonly byte[] _ready = new byte[32];
    private ulong _counter;
    private int _used = 32;

    public SeededRandom(string seed) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed), _block);

    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_used == _ready.Length)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_block.AsSpan(32), _counter++);
                SHA256.HashData(_block, _ready);
                _used = 0;
            }

            var taken = Math.Min(destination.Length, _ready.Length - _used);
            _ready.AsSpan(_used, taken).CopyTo(destination);
            _used += taken;
            destination = destination[taken..];
        }
    }

    public ByteString Bytes(int length)
    {
        var bytes = new byte[length];
        Fill(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>A number below <paramref name="end"/>; the bias of a remainder of 32 bits does not matter here.</summary>
    public int Next(int end)
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) % (uint)end);
    }

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> list) => list[Next(list.Count)];
}
