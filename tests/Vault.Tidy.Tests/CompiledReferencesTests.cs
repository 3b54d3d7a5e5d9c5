namespace Vault.Tidy.Tests;

/// <summary>What the compiler wrote, whatever the project files say.</summary>
public sealed class CompiledReferencesTests
{
    [Theory]
    [InlineData("svault-server.dll")]
    [InlineData("Vault.Core.dll")]
    [InlineData("Vault.Protocol.dll")]
    public void The_relay_holds_no_reference_to_aead_kdf_hpke_or_private_keys(string file)
    {
        var assembly = CompiledReferences.Read(Repository.Output("Vault.Server", file));
        Findings.None(RelaySecrets.FindIn(assembly));
    }

    [Fact]
    public void The_relay_is_shipped_without_the_assemblies_of_clients()
    {
        var folder = Path.GetDirectoryName(Repository.Output("Vault.Server", "svault-server.dll"))!;
        string[] foreign = ["Vault.Crypto.dll", "Vault.Client.dll", "Vault.Ipc.dll", "svault-agent.dll", "Konscious.*.dll"];
        Findings.None(foreign.SelectMany(pattern => Directory.GetFiles(folder, pattern)));
    }

    [Fact]
    public void The_same_check_finds_every_kind_of_secret_in_the_client_crypto()
    {
        var findings = RelaySecrets.FindIn(CompiledReferences.Read(Repository.Output("Vault.Crypto", "Vault.Crypto.dll")));
        string[] kinds =
        [
            "NSec.Cryptography.Key",
            "NSec.Cryptography.AeadAlgorithm",
            "NSec.Cryptography.Argon2id",
            "System.Security.Cryptography.HKDF",
            "libsodium!crypto_aead_xchacha20poly1305_ietf_encrypt",
            "libsodium!crypto_sign_ed25519_detached",
            "libsodium!crypto_kem_xwing_dec",
        ];
        Assert.All(kinds, kind => Assert.Contains(findings, f => f.Contains(" → " + kind, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_use_inside_a_method_body_is_attributed_to_its_type()
    {
        var self = CompiledReferences.Read(typeof(CompiledReferencesTests).Assembly.Location);
        var use = new CompiledReferences.Use(typeof(Planted).FullName!, "System.Security.Cryptography.AesGcm");
        Assert.Contains(use, self.Uses);
        Assert.Contains($"{use.From} → {use.To}", RelaySecrets.FindIn(self));
    }

    [Fact]
    public void The_certificate_exception_holds_nowhere_else()
    {
        var self = CompiledReferences.Read(typeof(CompiledReferencesTests).Assembly.Location);
        Assert.Contains($"{typeof(Planted).FullName} → System.Security.Cryptography.ECDsa", RelaySecrets.FindIn(self));
    }

    [Fact]
    public void The_command_line_references_no_project_but_ipc()
    {
        var assembly = CompiledReferences.Read(Repository.Output("Vault.Cli", "svault.dll"));
        Assert.DoesNotContain(assembly.Assemblies, name => IsProject(name) && name != "Vault.Ipc");
        Assert.DoesNotContain(assembly.Assemblies, IsCryptoPackage);
    }

    [Fact]
    public void Ipc_references_no_project_at_all()
    {
        var assembly = CompiledReferences.Read(Repository.Output("Vault.Ipc", "Vault.Ipc.dll"));
        Assert.DoesNotContain(assembly.Assemblies, IsProject);
        Assert.DoesNotContain(assembly.Assemblies, IsCryptoPackage);
    }

    private static bool IsProject(string name) =>
        name.StartsWith("Vault.", StringComparison.Ordinal) || name.StartsWith("svault", StringComparison.Ordinal);

    private static bool IsCryptoPackage(string name) =>
        name.StartsWith("NSec.", StringComparison.Ordinal) || name.StartsWith("Konscious.", StringComparison.Ordinal);
}
