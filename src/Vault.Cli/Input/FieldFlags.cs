using System.CommandLine;
using System.Globalization;
using System.Text;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>The fields of an item on the command line: values of open ones, sources of secret ones.</summary>
internal sealed class FieldFlags
{
    private readonly Option<string[]> _field = new("--field", "-f")
    {
        Description = "An open field, name=value or section.name=value. For secrets use --secret.",
        HelpName = "name=value",
    };

    private readonly Option<string[]> _secret = new("--secret", "-s")
    {
        Description = "A secret field: asked for without echo, or read from standard input (all of it; one line each for several).",
        HelpName = "name",
    };

    private readonly Option<string[]> _secretFd = new("--secret-fd")
    {
        Description = "A secret field, read from a descriptor.",
        HelpName = "name=n",
    };

    private readonly Option<int?> _generate = new("--generate", "-g")
    {
        Description = "Make a random secret of this many characters (24) for the item's main secret field.",
        HelpName = "length",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _generateField = new("--generate-field") { Description = "The field that --generate fills.", HelpName = "name" };

    private readonly Option<bool> _noSymbols = new("--no-symbols") { Description = "Generate letters and digits only." };

    private readonly Option<bool> _notes = new("--notes-stdin") { Description = "Read the notes from standard input." };

    public Symbol[] Symbols => [_field, _secret, _secretFd, _generate, _generateField, _noSymbols, _notes];

    /// <summary>A secret is to be made.</summary>
    public bool Generates(Invocation run) => run.Has(_generate) || run.Has(_generateField);

    /// <summary>Any secret has a source.</summary>
    public bool HasSecrets(Invocation run) => Generates(run) || run.Values(_secret).Length + run.Values(_secretFd).Length > 0;

    /// <summary>The field that --generate names; null leaves it to the item's type.</summary>
    public string? GeneratedField(Invocation run) => run.Value(_generateField);

    /// <summary>The notes, or null when none are given.</summary>
    public byte[]? Notes(Invocation run)
    {
        if (!run.Value(_notes))
        {
            return null;
        }

        return run.Values(_secret).Length == 0
            ? run.Secrets.ReadStandardAll("notes")
            : throw Usage.Wrong("Standard input cannot hold both notes and secrets.", "Use --secret-fd for the secrets.");
    }

    /// <summary>All fields given, in the order of the options, with secrets read.</summary>
    public IEnumerable<FieldInput> Fields(Invocation run, string? generated)
    {
        foreach (var pair in run.Values(_field))
        {
            var (name, value) = Pair(pair, "--field");
            yield return new FieldInput { Name = name, Value = Google.Protobuf.ByteString.CopyFrom(Encoding.UTF8.GetBytes(value)) };
        }

        foreach (var name in run.Values(_secret))
        {
            if (name.Contains('=', StringComparison.Ordinal))
            {
                // Without repeating it: what follows the sign is a secret.
                throw Usage.Wrong("--secret takes a field's name and no value: every process can read a command line.", "Write --secret name, and give the value when asked or on standard input.");
            }

            yield return Secret(name, ReadSecret(run, name));
        }

        foreach (var pair in run.Values(_secretFd))
        {
            var (name, number) = Pair(pair, "--secret-fd");
            yield return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
                ? Secret(name, run.Secrets.ReadDescriptorAll(descriptor, name))
                : throw Usage.Wrong("What follows the name is not a descriptor.", "Write --secret-fd name=3.");
        }

        if (generated is not null)
        {
            // 0 leaves the length to the agent.
            var length = run.Value(_generate);
            yield return length is null or (>= 8 and <= 1024)
                ? new FieldInput { Name = generated, Generate = new Generator { Length = (uint)(length ?? 0), NoSymbols = run.Value(_noSymbols) } }
                : throw Usage.Wrong("A generated secret has 8 to 1,024 characters.");
        }
    }

    /// <summary>A secret field. Unspecified types of new fields would be open text, so it says what it is.</summary>
    public static FieldInput Secret(string name, byte[] value) => new() { Name = name, Value = SecretBytes.Wrap(value), Secret = true };

    private byte[] ReadSecret(Invocation run, string name)
    {
        if (run.Ask.IsPossible)
        {
            return run.Ask.Secret(name, "--secret-fd");
        }

        return run.Values(_secret).Length == 1 ? run.Secrets.ReadStandardAll(name) : run.Secrets.ReadStandardLine(name);
    }

    private static (string Name, string Value) Pair(string pair, string option)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (pair[..at], pair[(at + 1)..]) : throw Usage.Wrong($"{option} takes a name and a value.", $"Write {option} name=value.");
    }
}
