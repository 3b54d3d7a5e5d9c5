using Vault.Protocol.V1;

namespace Vault.Crypto.Accounts;

/// <summary>A locker ready to be stored: the login that names its blobs, the blobs, and the auth keys that must sign.</summary>
public sealed class SealedLocker(SetLogin login, IReadOnlyList<byte[]> blobs, IReadOnlyList<SigningKey> authKeys) : IDisposable
{
    /// <summary>For entry 1, or within a rotation.</summary>
    public SetLogin Login { get; } = login;

    /// <summary>Daily part, authority part, wraps.</summary>
    public IReadOnlyList<byte[]> Blobs { get; } = blobs;

    /// <summary>Auth keys in the order of the ways.</summary>
    public IReadOnlyList<SigningKey> AuthKeys { get; } = authKeys;

    public void Dispose()
    {
        foreach (var key in AuthKeys)
        {
            key.Dispose();
        }
    }
}
