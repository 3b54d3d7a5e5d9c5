namespace Vault.Tidy.Tests;

/// <summary>
/// The types a relay has no business with: whoever holds one of these could encrypt, decrypt, derive or sign. Verifying
/// needs only public keys, signatures and hashes.
/// </summary>
internal static class RelaySecrets
{
    /// <summary>A full name, or a prefix that ends in '*'.</summary>
    private static readonly string[] s_forbidden =
    [
        "NSec.Cryptography.Key",
        "NSec.Cryptography.KeyCreationParameters",
        "NSec.Cryptography.KeyExportPolicies",
        "NSec.Cryptography.SharedSecret*",
        "NSec.Cryptography.Nonce",
        "NSec.Cryptography.Aead*",
        "NSec.Cryptography.Aes*",
        "NSec.Cryptography.Aegis*",
        "NSec.Cryptography.Argon2*",
        "NSec.Cryptography.ChaCha20*",
        "NSec.Cryptography.XChaCha20*",
        "NSec.Cryptography.Hkdf*",
        "NSec.Cryptography.KeyAgreement*",
        "NSec.Cryptography.KeyDerivation*",
        "NSec.Cryptography.PasswordBased*",
        "NSec.Cryptography.Scrypt*",
        "NSec.Cryptography.StreamCipher*",
        "NSec.Cryptography.X25519*",
        "NSec.Cryptography.IncrementalSignature",
        "NSec.Experimental.*",
        "System.Security.Cryptography.Aes*",
        "System.Security.Cryptography.AsymmetricAlgorithm",
        "System.Security.Cryptography.ChaCha20Poly1305",
        "System.Security.Cryptography.CompositeML*",
        "System.Security.Cryptography.CryptoStream",
        "System.Security.Cryptography.DES*",
        "System.Security.Cryptography.DSA*",
        "System.Security.Cryptography.DeriveBytes",
        "System.Security.Cryptography.EC*",
        "System.Security.Cryptography.HKDF",
        "System.Security.Cryptography.MLDsa*",
        "System.Security.Cryptography.MLKem*",
        "System.Security.Cryptography.PasswordDeriveBytes",
        "System.Security.Cryptography.Pkcs*",
        "System.Security.Cryptography.ProtectedData",
        "System.Security.Cryptography.RC2*",
        "System.Security.Cryptography.RSA*",
        "System.Security.Cryptography.Rfc2898DeriveBytes",
        "System.Security.Cryptography.Rijndael*",
        "System.Security.Cryptography.SP800108*",
        "System.Security.Cryptography.SlhDsa*",
        "System.Security.Cryptography.SymmetricAlgorithm",
        "System.Security.Cryptography.TripleDES*",
        "System.Security.Cryptography.X25519*",
        "System.Security.Cryptography.X509Certificates.CertificateRequest",
        "System.Security.Cryptography.X509Certificates.*CertificateExtensions",
        "libsodium!*",
        "Konscious.*",
        "Org.BouncyCastle.*",
        "Vault.Crypto.*",
        "Vault.Client.*",
    ];

    /// <summary>
    /// The relay's own TLS certificate, made at first start when none is given: an ECDSA key that proves the relay's
    /// name and touches nothing of any account.
    /// </summary>
    private static readonly string[] s_certificateNamespaces = ["Vault.Server.Tls.", "Vault.Server.Hosting."];

    private static readonly string[] s_certificateTypes =
    [
        "System.Security.Cryptography.AsymmetricAlgorithm",
        "System.Security.Cryptography.ECCurve",
        "System.Security.Cryptography.ECCurve+NamedCurves",
        "System.Security.Cryptography.ECDsa",
        "System.Security.Cryptography.X509Certificates.CertificateRequest",
        "System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions",
    ];

    /// <summary>"type → forbidden type" for each forbidden use in the assembly.</summary>
    public static List<string> FindIn(CompiledReferences assembly) =>
        [.. assembly.Uses.Where(u => IsForbidden(u.To) && !IsCertificate(u)).Select(u => $"{u.From} → {u.To}").Order(StringComparer.Ordinal)];

    private static bool IsCertificate(CompiledReferences.Use use) =>
        s_certificateTypes.Contains(use.To) && s_certificateNamespaces.Any(n => use.From.StartsWith(n, StringComparison.Ordinal));

    private static bool IsForbidden(string name) => s_forbidden.Any(pattern => Matches(pattern, name));

    private static bool Matches(string pattern, string name)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? name == pattern
            : name.StartsWith(pattern[..star], StringComparison.Ordinal) && name.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal);
    }
}
