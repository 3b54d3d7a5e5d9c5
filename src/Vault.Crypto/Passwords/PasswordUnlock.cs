using Vault.Core;

namespace Vault.Crypto.Passwords;

/// <summary>
/// The way in by password and Secret Key: HKDF(Argon2id hash ‖ Secret Key). Both are needed; a relay that is read has
/// neither, and a stolen locked device has only the second.
/// </summary>
public static class PasswordUnlock
{
    /// <summary>The unlock key of a password, UTF-8 as typed, and a Secret Key.</summary>
    /// <exception cref="ArgumentException">The password is refused by <see cref="PasswordText.TryNormalize"/>.</exception>
    public static UnlockKey Derive(ReadOnlySpan<byte> passwordUtf8, SecretKey secretKey)
    {
        if (!PasswordText.TryNormalize(passwordUtf8, out var normalized))
        {
            throw new ArgumentException("A password is 1 to 1,024 bytes of UTF-8.", nameof(passwordUtf8));
        }

        using (normalized)
        {
            using var hash = PasswordHash.Derive(normalized, secretKey);
            using var both = SecretBytes.Allocate(PasswordHash.Size + SecretKey.Size);
            hash.Bytes.CopyTo(both.Writable);
            secretKey.Bytes.CopyTo(both.Writable[PasswordHash.Size..]);
            using var unlock = Hkdf.DeriveSecret(both.Bytes, Purpose.DeriveUnlockKey, UnlockKey.Size);
            return UnlockKey.FromBytes(UnlockMethod.Password, unlock.Bytes);
        }
    }
}
