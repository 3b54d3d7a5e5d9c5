using System.Text.Json;
using System.Text.Json.Serialization;
using Vault.Core.Ids;
using Vault.Simulation.Validators;

namespace Vault.Simulation.History;

/// <summary>A history as a file: one happening a line, in JSON, so that other programs can read it too.</summary>
public static class HistoryFile
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        Converters =
        {
            new JsonStringEnumConverter(),
            new HashConverter<GroupId>(id => id.ToString(), GroupId.Parse),
            new HashConverter<EntryId>(id => id.ToString(), EntryId.Parse),
            new HashConverter<AccountId>(id => id.ToString(), AccountId.Parse),
        },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>One happening as a line.</summary>
    public static string Line(Happening happening) => JsonSerializer.Serialize(happening, s_options);

    /// <summary>Judges a history that was written before; null when every promise holds in it.</summary>
    public static ViolationException? Judge(TextReader file, out long count)
    {
        ArgumentNullException.ThrowIfNull(file);
        ViolationException? found = null;
        var chronicle = new Chronicle(() => 0, violation => found ??= violation);
        while (found is null && file.ReadLine() is { } line)
        {
            chronicle.Judge(JsonSerializer.Deserialize<Happening>(line, s_options) ?? throw new JsonException("An empty line."));
        }

        count = chronicle.Count;
        return found;
    }

    private delegate T Parse<T>(ReadOnlySpan<byte> bytes);

    private sealed class HashConverter<T>(Func<T, string> text, Parse<T> parse) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            parse(Convert.FromHexString(reader.GetString()!));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(text(value));
    }
}
