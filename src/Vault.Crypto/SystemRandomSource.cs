using System.Security.Cryptography;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>The operating system's generator: the only randomness of a production process.</summary>
public sealed class SystemRandomSource : IRandomSource
{
    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        // The ban makes everybody else take an IRandomSource; here is where that seam ends.
#pragma warning disable RS0030
        RandomNumberGenerator.Fill(destination);
#pragma warning restore RS0030
    }
}
