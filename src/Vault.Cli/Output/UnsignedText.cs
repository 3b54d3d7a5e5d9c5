namespace Vault.Cli.Output;

/// <summary>Edits that a locked agent cannot sign, with what ends their wait.</summary>
internal static class UnsignedText
{
    public static string Of(uint count) => count == 1 ? "1 edit waits for an unlock: svault unlock" : $"{count} edits wait for an unlock: svault unlock";
}
