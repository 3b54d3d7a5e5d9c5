using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Crypto.Passwords;

namespace Vault.Crypto.Accounts;

/// <summary>The random 32-byte key of a locker. Lives for one operation; each way in has its own wrap of it.</summary>
public sealed class LockerKey : IDisposable
{
    private readonly SecretBytes _key;

    private LockerKey(SecretBytes key) => _key = key;

    internal ReadOnlySpan<byte> Bytes => _key.Bytes;

    /// <summary>A new random key.</summary>
    public static LockerKey Create(IRandomSource random) => new(SecretBytes.Create(random, Box.KeySize));

    /// <summary>This key boxed for one way in: 113 bytes.</summary>
    public byte[] Wrap(UnlockKey unlock, AccountId account, IRandomSource random)
    {
        using var wrapKey = unlock.DeriveWrapKey();
        return Box.Seal(wrapKey.Bytes, WrapContext(unlock.Method, account), _key.Bytes, random);
    }

    /// <summary>The key in a wrap; null when the unlock key does not open it.</summary>
    public static LockerKey? Unwrap(UnlockKey unlock, AccountId account, ReadOnlySpan<byte> wrap)
    {
        using var wrapKey = unlock.DeriveWrapKey();
        if (!Box.TryOpen(wrapKey.Bytes, WrapContext(unlock.Method, account), wrap, out var opened))
        {
            return null;
        }

        var key = opened.Length == Box.KeySize ? new LockerKey(SecretBytes.CopyOf(opened)) : null;
        opened.AsSpan().Clear();
        return key;
    }

    public void Dispose() => _key.Dispose();

    public override string ToString() => "LockerKey(redacted)";

    private static BoxContext WrapContext(UnlockMethod method, AccountId account) => BoxContext.For(
        method == UnlockMethod.Password ? Purpose.BoxLockerWrapPassword : Purpose.BoxLockerWrapRecovery, account.ToArray());
}
