using System.Security.Cryptography;

namespace Vault.Demo;

/// <summary>Shows that the search can find something: a random text, planted in each form amid random bytes.</summary>
internal sealed class PlantedMarker : IDisposable
{
    private const int NoiseBytes = 4_096;

    private readonly string _directory;
    private readonly string _text = $"marker-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    private PlantedMarker(string directory) => _directory = directory;

    public static PlantedMarker In(string relayDirectory)
    {
        var marker = new PlantedMarker(Path.Combine(relayDirectory, "planted"));
        Directory.CreateDirectory(marker._directory);
        foreach (var (form, bytes) in CanaryScan.FormsOf(marker._text))
        {
            byte[] content = [.. RandomNumberGenerator.GetBytes(NoiseBytes), .. bytes, .. RandomNumberGenerator.GetBytes(NoiseBytes)];
            File.WriteAllBytes(Path.Combine(marker._directory, form.Replace('+', '-')), content);
        }

        return marker;
    }

    public bool IsFoundInEveryForm()
    {
        var scan = CanaryScan.Of(_directory, [_text]);
        return CanaryScan.FormsOf(_text).All(form => scan.Found.Any(found => found.StartsWith($"{_text} ({form.Form})", StringComparison.Ordinal)));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
