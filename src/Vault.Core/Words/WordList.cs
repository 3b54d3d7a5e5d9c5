using System.Reflection;

namespace Vault.Core.Words;

/// <summary>The English list of BIP-39: 2,048 words, eleven bits each, no two alike in their first four letters.</summary>
internal static class WordList
{
    private const int Count = 2_048;

    /// <summary>The words in the order of the list.</summary>
    public static IReadOnlyList<string> English { get; } = Read();

    private static string[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("bip39-english.txt")
            ?? throw new InvalidOperationException("The word list is not embedded.");
        using var reader = new StreamReader(stream);
        var words = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == Count ? words : throw new InvalidOperationException("The word list is damaged.");
    }
}
