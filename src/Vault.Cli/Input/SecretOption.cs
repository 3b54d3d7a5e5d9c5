using System.CommandLine;

namespace Vault.Cli.Input;

/// <summary>The two options by which a secret comes in without a person: standard input and a descriptor. Never as a value.</summary>
internal sealed class SecretOption
{
    /// <param name="name">As in "password": gives --password-stdin and --password-fd.</param>
    /// <param name="label">As people are asked for it.</param>
    public SecretOption(string name, string label)
    {
        Label = label;
        Stdin = new Option<bool>($"--{name}-stdin")
        {
            Description = $"Read the {label} from standard input: one line. Several such options take one line each, in the order of this help.",
        };
        Descriptor = new Option<int?>($"--{name}-fd") { Description = $"Read the {label} from this descriptor.", HelpName = "n" };
    }

    public string Label { get; }

    public Option<bool> Stdin { get; }

    public Option<int?> Descriptor { get; }

    /// <summary>As messages name it.</summary>
    public string Usage => $"{Stdin.Name} or {Descriptor.Name} N";
}
