using System.Text;
using System.Text.RegularExpressions;

namespace Vault.Tidy.Tests;

/// <summary>
/// Finds what a .proto file declares without a comment of its own right above it. Reads the text, since compiled
/// descriptors drop comments.
/// </summary>
internal static partial class ProtoComments
{
    private enum Block { File, Message, Enum, Service, Other }

    /// <summary>"line: declaration" for each uncommented message, field, enum, value, service and rpc.</summary>
    public static List<string> FindMissing(string text)
    {
        List<string> missing = [];
        Stack<Block> blocks = new([Block.File]);
        StringBuilder statement = new();
        var (commentEnd, statementStart, hasComment, brackets) = (-1, 0, false, 0);
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                line++;
            }
            if (c == '/' && text[i + 1] == '/')
            {
                // A comment after code on the same line belongs to that code, not to what follows.
                var alone = text.LastIndexOf('\n', i) is var start && string.IsNullOrWhiteSpace(text[(start + 1)..i]);
                i = text.IndexOf('\n', i) is var end && end < 0 ? text.Length : end - 1;
                commentEnd = alone ? line : commentEnd;
            }
            else if (c is '"' or '\'')
            {
                var end = i + 1;
                while (text[end] != c)
                {
                    end += text[end] == '\\' ? 2 : 1;
                }
                statement.Append(text, i, end - i + 1);
                i = end;
            }
            else if (brackets == 0 && (c is ';' or '{' or '}'))
            {
                var declared = statement.ToString().Trim();
                if (declared.Length > 0 && !hasComment && NeedsComment(blocks.Peek(), declared))
                {
                    missing.Add($"{statementStart}: {Spaces().Replace(declared, " ")}");
                }
                if (c == '{')
                {
                    blocks.Push(Opens(blocks.Peek(), declared));
                }
                else if (c == '}')
                {
                    blocks.Pop();
                }
                statement.Clear();
            }
            else
            {
                brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
                if (statement.Length == 0)
                {
                    if (char.IsWhiteSpace(c))
                    {
                        continue;
                    }
                    (statementStart, hasComment) = (line, commentEnd == line - 1);
                }
                statement.Append(c);
            }
        }
        return missing;
    }

    private static bool NeedsComment(Block block, string declared) => FirstWord().Match(declared).Value switch
    {
        "syntax" or "package" or "import" or "option" or "reserved" or "extensions" or "edition" or "oneof" => false,
        "message" or "enum" or "service" or "rpc" => true,
        _ => block is Block.Message or Block.Enum,
    };

    /// <summary>Fields of a oneof are fields of its message; the options inside an rpc are nothing of ours.</summary>
    private static Block Opens(Block outer, string declared) => FirstWord().Match(declared).Value switch
    {
        "message" => Block.Message,
        "oneof" => outer,
        "enum" => Block.Enum,
        "service" => Block.Service,
        _ => Block.Other,
    };

    [GeneratedRegex(@"^\w+")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
