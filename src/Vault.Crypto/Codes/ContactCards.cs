using System.Text;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Crypto.Codes;

/// <summary>Contact cards: who somebody is, to be compared in person. Public; what makes one trusted is the comparing.</summary>
public static class ContactCards
{
    private const string Prefix = "SVC1";
    private const uint FormatVersion = 1;

    /// <summary>The card of an account as verified here.</summary>
    /// <param name="relay">Where the relay is: URL with optional pin, at most 256 bytes of UTF-8.</param>
    public static ContactCard Create(VerifiedAccount account, string relay)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(relay), Limits.RelayNameBytes);
        return new ContactCard
        {
            Version = FormatVersion,
            Account = account.Id.ToByteString(),
            Head = account.Head.ToAccountHead(),
            Relay = relay,
        };
    }

    /// <summary>The text to hand over.</summary>
    public static string Format(ContactCard card) => MessageText.Format(Prefix, card);

    /// <summary>The card in a text; null when it is none, or was mistyped.</summary>
    public static ContactCard? Parse(string text) =>
        MessageText.Parse(Prefix, text, ContactCard.Parser) is { Version: FormatVersion } card
        && AccountId.TryParse(card.Account, out _)
        && ChainHead.TryParse(card.Head, out _)
        && Encoding.UTF8.GetByteCount(card.Relay) is > 0 and <= Limits.RelayNameBytes
            ? card
            : null;
}
