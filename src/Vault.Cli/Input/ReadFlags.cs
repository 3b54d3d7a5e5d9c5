using System.CommandLine;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>How new a read must be: --fresh, --max-age, --offline.</summary>
internal sealed class ReadFlags
{
    private readonly Option<bool> _fresh = new("--fresh") { Description = "Prove the group's head first, else exit 10, or 9 when the relay does not answer." };

    private readonly Option<string?> _maxAge = new("--max-age")
    {
        Description = "Prove the group's head first if the last proof is older, such as 30s.",
        HelpName = "span",
    };

    private readonly Option<bool> _offline = new("--offline") { Description = "Do not ask the relay." };

    public Symbol[] Symbols => [_fresh, _maxAge, _offline];

    public ReadOptions Of(Invocation run)
    {
        var read = new ReadOptions { Fresh = run.Value(_fresh), Offline = run.Value(_offline) };
        if (run.Value(_maxAge) is { } span)
        {
            read.MaxAgeMs = (uint)Math.Clamp(Durations.Parse(span).TotalMilliseconds, 1, uint.MaxValue);
        }

        return read.Offline && (read.Fresh || read.MaxAgeMs > 0)
            ? throw Usage.Wrong("--offline excludes --fresh and --max-age.")
            : read;
    }
}
