using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>svault.program.version/v1</summary>
internal sealed record VersionDocument(string Schema, string Version, uint Contract, string? AgentVersion, uint? AgentContract);

/// <summary>svault.program.exit-codes/v1</summary>
internal sealed record ExitCodesDocument(string Schema, ExitCodePart[] ExitCodes);

/// <summary>One exit code.</summary>
internal sealed record ExitCodePart(int Code, string Name, string Meaning);

/// <summary>svault.program.selectors/v1</summary>
internal sealed record SelectorsDocument(string Schema, SelectorPart[] Selectors);

/// <summary>One way to name an item or a field.</summary>
internal sealed record SelectorPart(string Form, string Meaning);

/// <summary>svault.agent.start/v1, .status/v1 and .stop/v1. Stopped, in the last alone: one ran until now.</summary>
internal sealed record AgentDocument(
    string Schema,
    bool Running,
    string Profile,
    string Socket,
    uint? ProcessId,
    string? Version,
    uint? Contract,
    ulong? UptimeMs,
    string? State,
    bool? Stopped = null)
{
    public static AgentDocument Stop(Invocation run, bool stopped) => Of("stop", run, null) with { Stopped = stopped };

    public static AgentDocument Of(string verb, Invocation run, HandshakeResponse? agent) => new(
        $"svault.agent.{verb}/v1",
        agent is not null,
        run.Paths.Profile.Name,
        run.Paths.Socket,
        agent?.ProcessId,
        agent?.ProgramVersion,
        agent?.ContractVersion,
        agent?.UptimeMs,
        agent is null ? null : Names.Of(agent.LockState));
}

/// <summary>svault.lock.lock/v1, .unlock/v1 and .unlocked/v1</summary>
internal sealed record LockDocument(string Schema, string State, ulong? LocksInMs, uint? Pending, uint? Unsigned);
