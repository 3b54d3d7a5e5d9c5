namespace Vault.Cli.Documents;

/// <summary>Protobuf has no absent string; JSON has.</summary>
internal static class Text
{
    public static string? OrNull(string text) => text.Length == 0 ? null : text;
}
