using Vault.Client.Replicas;

namespace Vault.Simulation.World;

/// <summary>A device's small files: what was written stays, whatever happens to the process.</summary>
internal sealed class MemoryHome : IHomeFiles
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public byte[]? Read(string name) => _files.TryGetValue(name, out var content) ? [.. content] : null;

    public void Write(string name, ReadOnlySpan<byte> content) => _files[name] = content.ToArray();

    public void Delete(string name) => _files.Remove(name);
}
