using System.Text;
using Vault.Core;
using Vault.Core.Seams;
using Vault.Crypto;

namespace Vault.Client.Accounts;

/// <summary>Small private texts on this disk, such as the own name, boxed under the storage key.</summary>
internal static class LocalText
{
    public static byte[] Seal(SecretBytes storageKey, string what, string text, IRandomSource random) =>
        Box.Seal(storageKey.Bytes, Context(what), Encoding.UTF8.GetBytes(text), random);

    /// <summary>The text; empty when there is none, or it does not open.</summary>
    public static string Open(SecretBytes storageKey, string what, byte[]? box) =>
        box is not null && Box.TryOpen(storageKey.Bytes, Context(what), box, out var text) ? Encoding.UTF8.GetString(text) : "";

    private static BoxContext Context(string what) => BoxContext.For(Purpose.BoxLocal, Encoding.UTF8.GetBytes(what));
}
