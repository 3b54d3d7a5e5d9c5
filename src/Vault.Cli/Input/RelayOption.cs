using System.CommandLine;
using Vault.Cli.Shell;

namespace Vault.Cli.Input;

/// <summary>Where the relay is. Not a secret; the pin in it is public too.</summary>
internal sealed class RelayOption
{
    public Option<string?> Option { get; } = new("--relay")
    {
        Description = "The relay: https://host[:port][#sha256/pin] (SVAULT_RELAY).",
        HelpName = "url",
    };

    public string Of(Invocation run) =>
        run.Value(Option) ?? run.Ask.Line("Relay", "--relay", Environment.GetEnvironmentVariable("SVAULT_RELAY") ?? "");
}
