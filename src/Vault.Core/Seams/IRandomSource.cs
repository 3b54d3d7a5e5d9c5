namespace Vault.Core.Seams;

/// <summary>Where unpredictable bytes come from. Production uses the operating system's; a simulation replays a seed.</summary>
public interface IRandomSource
{
    /// <summary>Fills the whole span with uniformly random bytes.</summary>
    void Fill(Span<byte> destination);
}
