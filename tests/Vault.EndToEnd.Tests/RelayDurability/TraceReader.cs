using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// Reads what <c>strace -f -yy -xx</c> writes. The lines stand in the order in which the tracer saw the calls begin and end,
/// and a process waits at both until it was seen: so "ended on an earlier line than the other began" means "before".
/// </summary>
internal static partial class TraceReader
{
    public static List<SystemCall> Read(IEnumerable<string> lines)
    {
        var calls = new List<SystemCall>();
        var open = new Dictionary<string, (string Name, string Text, int Line)>();
        foreach (var (number, line) in lines.Index())
        {
            if (Resumed().Match(line) is { Success: true } resumed)
            {
                var (thread, name) = (resumed.Groups[1].Value, resumed.Groups[2].Value);
                if (open.Remove(thread, out var begun) && begun.Name == name)
                {
                    calls.Add(Call(name, begun.Text + resumed.Groups[3].Value, begun.Line, number));
                }
            }
            else if (Begun().Match(line) is { Success: true } begun)
            {
                var (thread, name, text) = (begun.Groups[1].Value, begun.Groups[2].Value, begun.Groups[3].Value);
                if (text.EndsWith(Unfinished, StringComparison.Ordinal))
                {
                    open[thread] = (name, text[..^Unfinished.Length], number);
                }
                else
                {
                    calls.Add(Call(name, text, number, number));
                }
            }
        }

        return calls;
    }

    private const string Unfinished = "<unfinished ...>";

    private static SystemCall Call(string name, string text, int started, int ended)
    {
        var target = Target().Match(text) is { Success: true } match ? Encoding.UTF8.GetString(Bytes(match.Groups[1].Value)) : "";
        var data = Strings().Matches(text).SelectMany(match => Bytes(match.Groups[1].Value)).ToArray();
        return new SystemCall(name, target, data, started, ended, Result().Match(text) is { Success: true } result && result.Groups[1].Value != "-1");
    }

    // \x2f\x74… where strace chose hexadecimal, plain characters elsewhere.
    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var escaped = text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x';
            bytes.Add(escaped ? byte.Parse(text.AsSpan(i + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (byte)text[i]);
            i += escaped ? 3 : 0;
        }

        return [.. bytes];
    }

    [GeneratedRegex(@"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(\d+) +(\w+)\((.*)$")]
    private static partial Regex Begun();

    // The first argument: 12</path> or 12<TCP:[…]>, whose arrow is no end of it.
    [GeneratedRegex(@"^\d+<((?:[^<>]|->)*)>")]
    private static partial Regex Target();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\) += +(-?\d+)")]
    private static partial Regex Result();
}
