namespace Vault.Server.Tests.Kit;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vault-relay-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
