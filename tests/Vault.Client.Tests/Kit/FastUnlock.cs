using System.Security.Cryptography;
using Vault.Crypto.Passwords;

namespace Vault.Client.Tests.Kit;

/// <summary>Password and Secret Key without Argon2id: tests are about what stands above it.</summary>
internal sealed class FastUnlock : IPasswordUnlock
{
    public UnlockKey Derive(ReadOnlySpan<byte> passwordUtf8, SecretKey secretKey)
    {
        if (passwordUtf8.IsEmpty)
        {
            throw new ArgumentException("A password is 1 to 1,024 bytes of UTF-8.", nameof(passwordUtf8));
        }

        return UnlockKey.FromBytes(UnlockMethod.Password, SHA256.HashData([.. passwordUtf8, .. secretKey.Bytes]));
    }
}
