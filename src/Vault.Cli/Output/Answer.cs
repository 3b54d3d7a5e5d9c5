using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Vault.Cli.Output;

/// <summary>Standard output. Text for people is cleaned of control characters; a secret goes out byte by byte.</summary>
internal sealed class Answer
{
    /// <summary>A person watches.</summary>
    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    public void Line(string text = "") => Console.Out.WriteLine(Printable.Of(text));

    /// <summary>"name: value" lines with the values in one column.</summary>
    public void Pairs(params IEnumerable<(string Name, string Value)> pairs)
    {
        var shown = pairs.Where(pair => pair.Value.Length > 0).ToArray();
        var width = shown.Length == 0 ? 0 : shown.Max(pair => pair.Name.Length) + 1;
        foreach (var (name, value) in shown)
        {
            Line($"{(name + ":").PadRight(width)} {value}");
        }
    }

    /// <summary>A table. On a terminal it folds to the window; elsewhere every row is one line.</summary>
    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().NoBorder();
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, Look.Heading)) { Padding = new Padding(0, 0, 2, 0), NoWrap = !IsTerminal });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(Printable.Of(cell))));
        }

        var text = new StringWriter();
        Look.Console(text, IsTerminal).Write(table);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            Console.Out.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>A value: exact bytes to a pipe, with a line end to a terminal.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        using var output = Console.OpenStandardOutput();
        if (IsTerminal)
        {
            output.Write(Encoding.UTF8.GetBytes(Printable.Lines(Encoding.UTF8.GetString(value))));
            output.WriteByte((byte)'\n');
        }
        else
        {
            output.Write(value);
        }
    }

    /// <summary>One document, and a line end.</summary>
    public void Document<T>(T document, JsonTypeInfo<T> type)
    {
        using var output = Console.OpenStandardOutput();
        JsonSerializer.Serialize(output, document, type);
        output.WriteByte((byte)'\n');
    }
}
