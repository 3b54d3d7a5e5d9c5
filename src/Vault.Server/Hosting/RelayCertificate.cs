using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vault.Core.Seams;

namespace Vault.Server.Hosting;

/// <summary>
/// The relay's own TLS certificate: given by the operator, or made at first start. Its key proves the relay's address and
/// touches nothing of any account.
/// </summary>
internal static class RelayCertificate
{
    private const int LifetimeYears = 20;

    /// <summary>Loads a certificate with its chain and key from PEM files.</summary>
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        using var loaded = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        // Through PKCS#12, because a key that lives only in memory is not usable for TLS everywhere.
        return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>The certificate in the data directory, made when it is not there.</summary>
    public static X509Certificate2 LoadOrCreate(DataDirectory directory, TimeProvider time, IRandomSource random)
    {
        if (!File.Exists(directory.CertificateKeyFile) || !File.Exists(directory.CertificateFile))
        {
            Create(directory, time, random);
        }

        return Load(directory.CertificateFile, directory.CertificateKeyFile);
    }

    /// <summary>What clients pin: base64url of the SHA-256 of the public key's SPKI.</summary>
    public static string PinOf(X509Certificate2 certificate) =>
        Base64Url.EncodeToString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static void Create(DataDirectory directory, TimeProvider time, IRandomSource random)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=svault-server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var serial = new byte[16];
        random.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        // Clients trust the pinned key, not the dates; they are wide so that a wrong clock locks nobody out.
        var now = time.GetUtcNow();
        using var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddDays(-1), now.AddYears(LifetimeYears), serial);
        Write(directory.CertificateKeyFile, key.ExportPkcs8PrivateKeyPem());
        Write(directory.CertificateFile, certificate.ExportCertificatePem());
    }

    private static void Write(string path, string pem)
    {
        using var file = DataDirectory.OwnFile(path, FileMode.Create);
        file.Write(Encoding.ASCII.GetBytes(pem + "\n"));
        file.Flush(flushToDisk: true);
    }
}
