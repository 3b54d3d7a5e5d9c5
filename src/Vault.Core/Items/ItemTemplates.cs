using System.Collections.Immutable;
using Vault.Protocol.V1;

namespace Vault.Core.Items;

/// <summary>A built-in field: its id, which merges and never changes, its label for display, and its type.</summary>
public sealed record TemplateField(string Id, string Label, FieldType Type);

/// <summary>
/// The one registry of built-in field ids and of the fields that each type of item starts with (FORMAT.md, section 7). Every
/// type may hold every field; a template only says what is offered. Ids are never reused with another meaning.
/// </summary>
public static class ItemTemplates
{
    /// <summary>Names the item that a conflict copy belongs to.</summary>
    public const string ConflictOf = "conflict-of";

    private static readonly ImmutableSortedDictionary<string, TemplateField> ById = new TemplateField[]
    {
        new("username", "user name", FieldType.Text),
        new("password", "password", FieldType.Concealed),
        new("totp", "one-time code", FieldType.Totp),
        new("cardholder", "cardholder", FieldType.Text),
        new("number", "number", FieldType.Concealed),
        new("expiry", "expires", FieldType.YearMonth),
        new("cvv", "security code", FieldType.Concealed),
        new("pin", "PIN", FieldType.Concealed),
        new("full-name", "full name", FieldType.Text),
        new("email", "e-mail", FieldType.Email),
        new("phone", "telephone", FieldType.Phone),
        new("address", "address", FieldType.Address),
        new("country", "country", FieldType.Country),
        new("birth-date", "date of birth", FieldType.Date),
        new("company", "company", FieldType.Text),
        new("document-number", "document number", FieldType.Text),
        new("key", "key", FieldType.Concealed),
        new("secret", "secret", FieldType.Concealed),
        new("hostname", "host name", FieldType.Text),
        new("expires", "expires", FieldType.Date),
        new("private-key", "private key", FieldType.PrivateKey),
        new("public-key", "public key", FieldType.Text),
        new("fingerprint", "fingerprint", FieldType.Text),
        new("passphrase", "passphrase", FieldType.Concealed),
        new("ssid", "network", FieldType.Text),
        new("wifi-security", "security", FieldType.WifiSecurity),
        new(ConflictOf, "conflicts with", FieldType.Text),
    }.ToImmutableSortedDictionary(field => field.Id, field => field, StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<ItemType, ImmutableArray<TemplateField>> ByType =
        new Dictionary<ItemType, ImmutableArray<TemplateField>>
        {
            [ItemType.Login] = Fields("username", "password", "totp"),
            [ItemType.Password] = Fields("password"),
            [ItemType.Note] = [],
            [ItemType.Card] = Fields("cardholder", "number", "expiry", "cvv", "pin"),
            [ItemType.Identity] = Fields(
                "full-name", "birth-date", "company", "email", "phone", "address", "country", "document-number"),
            [ItemType.ApiCredential] = Fields("username", "key", "secret", "hostname", "expires"),
            [ItemType.SshKey] = Fields("private-key", "public-key", "fingerprint", "passphrase"),
            [ItemType.Wifi] = Fields("ssid", "password", "wifi-security"),
            [ItemType.Passkey] = Fields("username"),
            [ItemType.Document] = [],
            [ItemType.Custom] = [],
        }.ToImmutableSortedDictionary();

    /// <summary>Every built-in field, by id.</summary>
    public static IEnumerable<TemplateField> All => ById.Values;

    /// <summary>The types that people can make.</summary>
    public static IEnumerable<ItemType> Types => ByType.Keys;

    /// <summary>The fields that an item of a type starts with, in display order. Empty for types without a template.</summary>
    public static ImmutableArray<TemplateField> Of(ItemType type) => ByType.GetValueOrDefault(type, []);

    /// <summary>The built-in field with this id, or null.</summary>
    public static TemplateField? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>A new item of a type, version 1, with a title and no values.</summary>
    public static Item Create(ItemType type, string title) => new() { Version = 1, Type = type, Title = title };

    /// <summary>Sets a built-in field's value; adds the field when the item lacks it.</summary>
    /// <exception cref="ArgumentException">There is no built-in field with this id.</exception>
    public static void Set(Item item, string id, string value)
    {
        ArgumentNullException.ThrowIfNull(item);
        var template = Find(id) ?? throw new ArgumentException($"No built-in field is called {id}.", nameof(id));
        var field = item.Fields.FirstOrDefault(present => string.Equals(present.Id, id, StringComparison.Ordinal));
        if (field is null)
        {
            field = new Field { Id = id, Type = template.Type };
            item.Fields.Add(field);
        }

        field.Value = value;
    }

    /// <summary>The value of a field, built-in or own, by id. Null: the item lacks it.</summary>
    public static string? ValueOf(Item item, string id)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Fields.FirstOrDefault(field => string.Equals(field.Id, id, StringComparison.Ordinal))?.Value;
    }

    private static ImmutableArray<TemplateField> Fields(params ReadOnlySpan<string> ids)
    {
        var fields = ImmutableArray.CreateBuilder<TemplateField>(ids.Length);
        foreach (var id in ids)
        {
            fields.Add(ById[id]);
        }

        return fields.MoveToImmutable();
    }
}
