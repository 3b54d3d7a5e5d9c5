using System.CommandLine;
using Vault.Cli.Shell;

namespace Vault.Cli.Input;

/// <summary>How long a write waits for the relay: two seconds, or with --wait until it is confirmed.</summary>
internal sealed class WriteFlags
{
    private const uint UsualMs = 2_000;
    private const uint PatientMs = 60_000;

    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until the relay has confirmed; exit 9 or 10 if it does not." };

    public Symbol[] Symbols => [_wait];

    public bool MustConfirm(Invocation run) => run.Value(_wait);

    public uint WaitMs(Invocation run) => MustConfirm(run) ? PatientMs : UsualMs;
}
