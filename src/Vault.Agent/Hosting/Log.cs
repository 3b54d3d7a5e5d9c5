namespace Vault.Agent.Hosting;

/// <summary>Everything the agent logs. No user data: no name, no title, no id of a person.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Agent {Version} listens, process {Process}.")]
    public static partial void Listening(this ILogger log, string version, int process);

    [LoggerMessage(2, LogLevel.Warning, "A connection of another user was refused.")]
    public static partial void ForeignPeer(this ILogger log);

    [LoggerMessage(3, LogLevel.Error, "{Method} failed.")]
    public static partial void CallFailed(this ILogger log, Exception failure, string method);

    [LoggerMessage(4, LogLevel.Information, "Locked: a new image takes over.")]
    public static partial void Replacing(this ILogger log);
}
