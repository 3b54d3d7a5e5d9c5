using System.CommandLine;
using Vault.Cli.Shell;

namespace Vault.Cli.Input;

/// <summary>When the agent locks by itself.</summary>
internal sealed class LockAfterOption
{
    public Option<string?> Option { get; } = new("--lock-after")
    {
        Description = "Lock by itself after so long without use, such as 30m.",
        HelpName = "span",
    };

    public uint Seconds(Invocation run) => run.Value(Option) is { } span ? (uint)Math.Max(1, Durations.Parse(span).TotalSeconds) : 0;
}
