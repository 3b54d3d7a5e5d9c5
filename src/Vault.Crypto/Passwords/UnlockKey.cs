using Vault.Core;

namespace Vault.Crypto.Passwords;

/// <summary>How a locker is opened.</summary>
public enum UnlockMethod
{
    /// <summary>Password and Secret Key.</summary>
    Password = 1,

    /// <summary>The recovery code alone.</summary>
    Recovery = 2,
}

/// <summary>
/// What a way in comes down to, 32 bytes: above it nothing knows of Argon2id. From it come the auth key, which fetches the
/// locker and nothing else, and the wrap key, which opens it; each way in has its own pair. Nobody keeps it.
/// </summary>
public sealed class UnlockKey : IDisposable
{
    /// <summary>Bytes of an unlock key.</summary>
    public const int Size = 32;

    private readonly SecretBytes _key;

    private UnlockKey(UnlockMethod method, SecretBytes key)
    {
        Method = method;
        _key = key;
    }

    /// <summary>The way in that this key belongs to.</summary>
    public UnlockMethod Method { get; }

    /// <summary>An unlock key from its bytes, which are copied: for the derivations, and for tests that cannot pay for Argon2id.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes, or no such method.</exception>
    public static UnlockKey FromBytes(UnlockMethod method, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Size);
        if (method is not (UnlockMethod.Password or UnlockMethod.Recovery))
        {
            throw new ArgumentOutOfRangeException(nameof(method));
        }

        return new(method, SecretBytes.CopyOf(key));
    }

    /// <summary>The Ed25519 key whose public half the relay knows.</summary>
    public SigningKey DeriveAuthKey()
    {
        var purpose = Method == UnlockMethod.Password ? Purpose.DerivePasswordAuthKey : Purpose.DeriveRecoveryAuthKey;
        using var seed = Hkdf.DeriveSecret(_key.Bytes, purpose, SigningKey.SeedSize);
        return SigningKey.FromSeed(seed.Bytes);
    }

    /// <summary>The 32-byte key of the box around the locker key.</summary>
    public SecretBytes DeriveWrapKey()
    {
        var purpose = Method == UnlockMethod.Password ? Purpose.DerivePasswordWrapKey : Purpose.DeriveRecoveryWrapKey;
        return Hkdf.DeriveSecret(_key.Bytes, purpose, Box.KeySize);
    }

    public void Dispose() => _key.Dispose();

    public override string ToString() => "UnlockKey(redacted)";
}
