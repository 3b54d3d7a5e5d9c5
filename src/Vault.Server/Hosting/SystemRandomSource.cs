using System.Security.Cryptography;
using Vault.Core.Seams;

namespace Vault.Server.Hosting;

/// <summary>The operating system's randomness.</summary>
public sealed class SystemRandomSource : IRandomSource
{
#pragma warning disable RS0030 // The one place where production randomness enters.
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
#pragma warning restore RS0030
}
