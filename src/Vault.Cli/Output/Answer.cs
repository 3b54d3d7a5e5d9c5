using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Vault.Cli.Output;

/// <summary>Standard output. Text for people is cleaned of control characters; a secret goes out byte by byte.</summary>
internal sealed class Answer
{
    // Below that, columns stand closer.
    private const int Roomy = 100;

    /// <summary>A person watches.</summary>
    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Columns of the window, or more than any line has.</summary>
    public int Width => Look.Width(IsTerminal);

    /// <summary>Whether what was shown can be drawn over.</summary>
    public bool CanRedraw => IsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Clears the window, for the same answer anew.</summary>
    public void Clear() => Console.Out.Write("\u001b[H\u001b[J");

    /// <summary>Parts with a dot between them, folded between parts where the window is narrower.</summary>
    public void Parts(params IEnumerable<string> parts)
    {
        var line = "";
        foreach (var part in parts.Where(part => part.Length > 0).Select(Printable.Of))
        {
            if (line.Length > 0 && line.Length + 3 + part.Length > Width)
            {
                Console.Out.WriteLine($"{line} ·");
                line = $"  {part}";
            }
            else
            {
                line = line.Length == 0 ? part : $"{line} · {part}";
            }
        }

        Console.Out.WriteLine(line);
    }

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
        var gap = Width < Roomy ? 1 : 2;
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, Look.Heading)) { Padding = new Padding(0, 0, gap, 0), NoWrap = !IsTerminal });
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
