using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Vault.Core.Seams;

namespace Vault.Simulation.Time;

/// <summary>
/// Chance from a seed: SHA-256 in counter mode, so that bytes are equal on every machine and in every version of .NET. Each
/// node rolls its own dice; one node's extra roll then leaves the others' rolls as they were.
/// </summary>
public sealed class Dice : IRandomSource
{
    private readonly byte[] _block = new byte[40];
    private readonly byte[] _output = new byte[32];
    private ulong _counter;
    private int _used = 32;

    public Dice(ulong seed, string owner)
    {
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{owner}"), _block);
    }

    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_used == _output.Length)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_block.AsSpan(32), _counter++);
                SHA256.HashData(_block, _output);
                _used = 0;
            }

            var size = Math.Min(destination.Length, _output.Length - _used);
            _output.AsSpan(_used, size).CopyTo(destination);
            _used += size;
            destination = destination[size..];
        }
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Fraction()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform in [0, <paramref name="exclusiveMax"/>).</summary>
    public int Below(int exclusiveMax) => (int)(Fraction() * exclusiveMax);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Fraction() < probability;

    /// <summary>Uniform between two durations.</summary>
    public TimeSpan Between(TimeSpan low, TimeSpan high) => low + ((high - low) * Fraction());

    /// <summary>One of a list.</summary>
    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];
}
