using Vault.Core.Seams;

namespace Vault.Crypto.Tests;

/// <summary>Hands out given bytes once: vectors fix what production draws.</summary>
internal sealed class FixedRandom(byte[] bytes) : IRandomSource
{
    private int _at;

    public void Fill(Span<byte> destination)
    {
        bytes.AsSpan(_at, destination.Length).CopyTo(destination);
        _at += destination.Length;
    }
}
