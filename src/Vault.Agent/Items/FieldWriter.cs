using System.Security.Cryptography;
using Vault.Core.Items;
using Vault.Ipc;
using Vault.Ipc.V1;
using Vault.Protocol.V1;
using FieldType = Vault.Protocol.V1.FieldType;

namespace Vault.Agent.Items;

/// <summary>Sets and removes an item's fields as a request names them.</summary>
internal static class FieldWriter
{
    private const int ValueBytesMax = 256 << 10;
    private const int GeneratedDefault = 24;
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Symbols = "!#$%&()*+,-./:;<=>?@[]^_{|}~";

    /// <summary>The inputs with their values made, so that a change applied again writes the same.</summary>
    public static IReadOnlyList<(FieldInput Input, string Value)> Resolve(IEnumerable<FieldInput> inputs) =>
        [.. inputs.Select(input => (input, ValueOf(input)))];

    public static void Set(Item item, FieldInput input, string value)
    {
        var (section, name) = Selector.FieldName(input.Name);
        var field = ItemFinder.FindField(item, section, name!);
        if (field is null)
        {
            field = New(item, section, name!, input);
            item.Fields.Add(field);
        }
        else if (input.Type != Ipc.V1.FieldType.Unspecified)
        {
            field.Type = (FieldType)input.Type;
        }

        if (FieldTypes.AreConcealed((Ipc.V1.FieldType)field.Type) && !input.Secret && input.SourceCase == FieldInput.SourceOneofCase.Value)
        {
            throw new AgentException(
                ExitCode.Usage, $"\"{ItemFinder.LabelOf(field)}\" is a secret, and secrets do not stand on a command line.", $"--secret {input.Name}");
        }

        field.Value = value;
    }

    public static void Remove(Item item, string named)
    {
        var (section, name) = Selector.FieldName(named);
        var field = ItemFinder.FindField(item, section, name!)
            ?? throw new AgentException(ExitCode.NotFound, $"The item has no field \"{named}\".", "svault show");
        item.Fields.Remove(field);
    }

    private static Field New(Item item, string? section, string name, FieldInput input)
    {
        var builtIn = section is null
            ? ItemTemplates.Find(name) ?? ItemTemplates.Of(item.Type).FirstOrDefault(field => string.Equals(field.Label, name, StringComparison.OrdinalIgnoreCase))
            : null;
        var given = (FieldType)input.Type;
        var type = given != FieldType.Unspecified ? given
            : builtIn is not null ? builtIn.Type
            : input.Secret || input.SourceCase == FieldInput.SourceOneofCase.Generate ? FieldType.Concealed
            : FieldType.Text;
        return new Field
        {
            Id = builtIn?.Id ?? NewId(),
            Label = builtIn is null ? name : "",
            Type = type,
            Section = section is null ? "" : SectionId(item, section),
        };
    }

    private static string SectionId(Item item, string label)
    {
        var section = item.Sections.FirstOrDefault(one => string.Equals(one.Label, label, StringComparison.OrdinalIgnoreCase));
        if (section is null)
        {
            section = new Section { Id = NewId(), Label = label };
            item.Sections.Add(section);
        }

        return section.Id;
    }

    /// <summary>An id that merges: 22 characters of base64url of 16 random bytes.</summary>
    public static string NewId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string ValueOf(FieldInput input)
    {
        if (input.SourceCase == FieldInput.SourceOneofCase.Generate)
        {
            var length = input.Generate.Length == 0 ? GeneratedDefault : (int)input.Generate.Length;
            return length is >= 8 and <= 1_024
                ? RandomNumberGenerator.GetString(input.Generate.NoSymbols ? LettersAndDigits : LettersAndDigits + Symbols, length)
                : throw new AgentException(ExitCode.Usage, "A generated secret has 8 to 1,024 characters.");
        }

        if (input.SourceCase != FieldInput.SourceOneofCase.Value)
        {
            return "";
        }

        if (input.Value.Length > ValueBytesMax)
        {
            throw new AgentException(ExitCode.Limit, "A field holds at most 256 KiB.");
        }

        return Utf8.Read(input.Value, input.Name);
    }
}
