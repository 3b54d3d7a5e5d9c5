using System.Text;

namespace Vault.Demo;

/// <summary>Looks for texts in every byte of every file below a directory, in the forms that a leak could take.</summary>
internal sealed record CanaryScan(int Files, long Bytes, IReadOnlyList<string> Found)
{
    /// <summary>The forms of a text, by name.</summary>
    public static IEnumerable<(string Form, byte[] Bytes)> FormsOf(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        yield return ("UTF-8", utf8);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(text));
        yield return ("UTF-16BE", Encoding.BigEndianUnicode.GetBytes(text));
        yield return ("hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
        yield return ("HEX", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));

        // Where a text stands within three bytes decides its base64; the digits that depend on its neighbours are left out.
        for (var shift = 0; shift < 3; shift++)
        {
            byte[] shifted = [.. new byte[shift], .. utf8];
            var first = (shift * 8 + 5) / 6;
            var digits = Convert.ToBase64String(shifted).TrimEnd('=')[first..(shifted.Length * 8 / 6)];
            yield return ($"base64+{shift}", Encoding.ASCII.GetBytes(digits));
            yield return ($"base64url+{shift}", Encoding.ASCII.GetBytes(digits.Replace('+', '-').Replace('/', '_')));
        }
    }

    public static CanaryScan Of(string directory, IEnumerable<string> texts)
    {
        var needles = texts.SelectMany(text => FormsOf(text).Select(form => (Name: $"{text} ({form.Form})", form.Bytes))).ToArray();
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        var found = new List<string>();
        var bytes = 0L;
        foreach (var file in files)
        {
            var content = Content(file);
            bytes += content.Length;
            found.AddRange(needles
                .Where(needle => content.AsSpan().IndexOf(needle.Bytes) >= 0)
                .Select(needle => $"{needle.Name} in {Path.GetFileName(file)}"));
        }

        return new CanaryScan(files.Length, bytes, found);
    }

    // The relay is running and has the files open.
    private static byte[] Content(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
