using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>Connects to a profile's agent, and starts it first where none runs.</summary>
public static partial class AgentLauncher
{
    // From three to the last descriptor: whatever the shell left open, such as `--password-fd 3`.
    private const uint FirstInherited = 3;
    private const uint CloseOnExec = 4;

    /// <summary>How long a start may take. A cold disk is slow; more than this is broken.</summary>
    public static TimeSpan StartTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The running agent, or a new one once it answers.</summary>
    /// <exception cref="AgentException">It did not start; the message says why.</exception>
    public static async Task<AgentChannel> ConnectOrStartAsync(VaultPaths paths, CancellationToken cancellation)
    {
        if (AgentChannel.TryConnect(paths) is { } running)
        {
            return running;
        }

        paths.Prepare();
        await StartAsync(paths, cancellation);
        return AgentChannel.TryConnect(paths) ?? throw NotStarted(paths, "It ended right after it was ready.");
    }

    // The agent says on its standard output that it listens, then lets go of it: no polling, and no output is lost.
    private static async Task StartAsync(VaultPaths paths, CancellationToken cancellation)
    {
        KeepDescriptorsHere();
        var start = SiblingProgram.Agent.ToStartInfo();
        start.ArgumentList.Add("--profile");
        start.ArgumentList.Add(paths.Profile.Name);
        start.ArgumentList.Add("--detach");
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        // The runtime keeps a copy of standard error from its very start: the terminal's would never close.
        start.RedirectStandardError = true;
        // Or the folder that a person happened to stand in could not be unmounted or removed.
        start.WorkingDirectory = paths.StateDirectory;
        // Read by the runtime before any of our code: a diagnostics socket would open the agent's memory to the same user.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var agent = Process.Start(start) ?? throw NotStarted(paths, "The system did not start it.");
        agent.StandardInput.Close();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartTimeout);
        string? line;
        try
        {
            line = await agent.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NotStarted(paths, $"It was not ready within {StartTimeout.TotalSeconds:0} s.");
        }

        if (line != AgentContract.ReadyLine)
        {
            throw await FailedAsync(paths, agent, line, limit.Token);
        }
    }

    private static async Task<AgentException> FailedAsync(VaultPaths paths, Process agent, string? line, CancellationToken limit)
    {
        if (line is not null && line.StartsWith(AgentContract.FailedPrefix, StringComparison.Ordinal)
            && line[AgentContract.FailedPrefix.Length..].Split(' ', 2) is [var number, var sentence]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return new AgentException((ExitCode)code, sentence, $"Look at {paths.Log}.");
        }

        // Before it has a log, only the runtime speaks: that it is missing, for instance.
        var complaint = await agent.StandardError.ReadLineAsync(limit);
        return NotStarted(paths, string.IsNullOrEmpty(complaint) ? "It ended before it was ready." : $"It ended: {complaint}");
    }

    private static AgentException NotStarted(VaultPaths paths, string why) =>
        new(ExitCode.Agent, $"The agent did not start. {why}", $"Look at {paths.Log}.");

    // A pipe that the agent inherits stays open for as long as the agent lives, and its reader waits for ever.
    private static void KeepDescriptorsHere()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = close_range(FirstInherited, uint.MaxValue, CloseOnExec);
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library: what the shell left open is inherited, as by every other program.
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int close_range(uint first, uint last, uint flags);
}
