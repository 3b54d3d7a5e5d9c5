using System.CommandLine;
using Vault.Cli.Shell;

namespace Vault.Cli.Input;

/// <summary>How long a write waits for the relay: two seconds, or with --wait until it is confirmed.</summary>
internal sealed class WriteFlags
{
    private const uint UsualMs = 2_000;
    private const double PatientMostMs = 600_000;

    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until the relay has confirmed; exit 9 or 10 if it does not." };

    private readonly Option<string> _timeout = new("--timeout")
    {
        Description = "With --wait: how long.",
        HelpName = "span",
        DefaultValueFactory = _ => "60s",
    };

    public Symbol[] Symbols => [_wait, _timeout];

    public bool MustConfirm(Invocation run) => run.Value(_wait);

    public uint WaitMs(Invocation run)
    {
        if (!MustConfirm(run))
        {
            return run.Has(_timeout) ? throw Usage.Wrong("--timeout belongs to --wait.", "Add --wait.") : UsualMs;
        }

        return (uint)Math.Clamp(Durations.Parse(run.Value(_timeout)!).TotalMilliseconds, 1, PatientMostMs);
    }
}
