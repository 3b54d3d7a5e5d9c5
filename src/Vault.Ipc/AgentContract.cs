namespace Vault.Ipc;

/// <summary>What both ends of the socket must agree on before they understand each other.</summary>
public static class AgentContract
{
    /// <summary>Rises with every change that an older peer would misunderstand.</summary>
    public const uint Version = 1;

    /// <summary>Metadata of every call: the caller's contract version, decimal.</summary>
    public const string VersionHeader = "svault-contract";

    /// <summary>Trailer of every failed call: an <see cref="V1.AgentError"/>.</summary>
    public const string ErrorTrailer = "svault-error-bin";

    /// <summary>Largest message to the agent, bytes. An item is at most 1 MiB.</summary>
    public const int RequestBytesMax = 4 << 20;

    /// <summary>Largest message from the agent, bytes: a list of 200,000 items. The agent is as trusted as this process.</summary>
    public const int ResponseBytesMax = 256 << 20;

    /// <summary>What the agent prints on its standard output once it answers; anything else is its reason not to.</summary>
    public const string ReadyLine = "ready";

    /// <summary>Begins the line that the agent prints instead of <see cref="ReadyLine"/>: exit code, space, sentence.</summary>
    public const string FailedPrefix = "failed ";

    /// <summary>The program's version as it prints it.</summary>
    public static string ProgramVersion { get; } = typeof(AgentContract).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
