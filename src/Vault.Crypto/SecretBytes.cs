using System.Security.Cryptography;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>
/// A secret of fixed length: pinned, so that the collector leaves no copies behind, wiped on disposal, unprintable.
/// Secrets rest in this type rather than in an NSec key, for a live NSec key locks a page and four mappings and a process
/// dies at 16,310 of them.
/// </summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    private SecretBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    /// <summary>Wipes also what nobody disposed; when is up to the collector.</summary>
    ~SecretBytes() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>Bytes of the secret.</summary>
    public int Length => _bytes.Length;

    /// <summary>The secret itself. A view, not a copy: it must not outlive this object.</summary>
    /// <exception cref="ObjectDisposedException">The secret was wiped.</exception>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>The same view, for the code that fills the secret in.</summary>
    internal Span<byte> Writable
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>A new random secret.</summary>
    public static SecretBytes Create(IRandomSource random, int length)
    {
        var secret = new SecretBytes(length);
        random.Fill(secret._bytes);
        return secret;
    }

    /// <summary>A copy of the given bytes; wiping the source stays with the caller.</summary>
    public static SecretBytes CopyOf(ReadOnlySpan<byte> bytes)
    {
        var secret = new SecretBytes(bytes.Length);
        bytes.CopyTo(secret._bytes);
        return secret;
    }

    /// <summary>Zeros, to be filled by a derivation.</summary>
    internal static SecretBytes Allocate(int length) => new(length);

    /// <summary>Equality in time that depends on the lengths only.</summary>
    public bool FixedTimeEquals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(Bytes, other);

    /// <summary>Wipes the secret; every later use throws.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Never the secret: logs and debuggers print what they are given.</summary>
    public override string ToString() => "SecretBytes(redacted)";
}
