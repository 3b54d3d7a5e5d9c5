using System.Diagnostics.CodeAnalysis;
using Vault.Core;
using Vault.Core.Seams;

namespace Vault.Crypto.Passwords;

/// <summary>
/// The recovery code, 160 random bits: alone enough to open the locker, so no password and no Argon2id stands beside it, and
/// it is kept apart from the Secret Key. As text <c>SVR1-</c> and seven groups of five: 32 digits and 3 of checksum.
/// </summary>
public sealed class RecoveryCode : IDisposable
{
    /// <summary>Bytes of a recovery code.</summary>
    public const int Size = 20;

    private static readonly CodeText Text = new("SVR1", Size, checkDigits: 3);

    private readonly SecretBytes _bytes;

    private RecoveryCode(SecretBytes bytes) => _bytes = bytes;

    /// <summary>The 20 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Bytes;

    /// <summary>A new random recovery code.</summary>
    public static RecoveryCode Create(IRandomSource random) => new(SecretBytes.Create(random, Size));

    /// <summary>A recovery code from its bytes, which are copied.</summary>
    /// <exception cref="ArgumentException">Not 20 bytes.</exception>
    public static RecoveryCode FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        return new(SecretBytes.CopyOf(bytes));
    }

    /// <summary>Reads what a person typed, as <see cref="SecretKey.TryParse"/> does.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out RecoveryCode? code)
    {
        code = Text.TryParse(text, out var bytes) ? new RecoveryCode(bytes) : null;
        return code is not null;
    }

    /// <summary>The unlock key of this code. 160 random bits need no slow hash.</summary>
    public UnlockKey DeriveUnlockKey()
    {
        using var key = Hkdf.DeriveSecret(_bytes.Bytes, Purpose.DeriveRecoveryUnlockKey, UnlockKey.Size);
        return UnlockKey.FromBytes(UnlockMethod.Recovery, key.Bytes);
    }

    /// <summary>The text to write down. A string cannot be wiped, so call it only to show it.</summary>
    public string ToText() => Text.Format(_bytes.Bytes);

    public void Dispose() => _bytes.Dispose();

    public override string ToString() => "RecoveryCode(redacted)";
}
