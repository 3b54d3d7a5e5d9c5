using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>A relay as a process of its own, on a free port of the loopback. Disposing kills what still runs.</summary>
public sealed class RelayProcess : IAsyncDisposable
{
    private const string Listening = "listening on ";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<string?> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RelayProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _firstLine.TrySetResult(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Of the process that was started: the relay's own, unless it runs beneath another program.</summary>
    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>The program as built beside this one.</summary>
    public static string BuiltProgram
    {
        get
        {
            // artifacts/bin/<project>/<configuration>/
            var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(own.Parent!.Parent!.FullName, "Vault.Server", own.Name, "svault-server.dll");
        }
    }

    /// <summary>The <c>dotnet</c> of the runtime that runs this.</summary>
    public static string Dotnet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>What starts the relay on a data directory: program first, then its arguments.</summary>
    public static IReadOnlyList<string> Command(string dataPath, string? program = null) =>
        [Dotnet, program ?? BuiltProgram, "run", "--listen", "127.0.0.1:0", "--data", dataPath, "--tls", "off"];

    /// <summary>Starts a command and waits until the relay in it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended, or said something else.</exception>
    public static async Task<RelayProcess> StartAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var relay = Launch(command);
        try
        {
            var line = await relay._firstLine.Task.WaitAsync(s_deadline, cancellationToken);
            if (line?.StartsWith(Listening, StringComparison.Ordinal) != true)
            {
                throw new InvalidOperationException($"The relay does not listen, and says: {line}\n{relay.Errors}");
            }

            relay.Address = new Uri(line[Listening.Length..]);
            return relay;
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a command that is expected to end by itself.</summary>
    public static RelayProcess Launch(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Ports for debuggers and profilers cost start-up time and leave sockets behind when killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start.");
        var relay = new RelayProcess(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return relay;
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Sends a signal by name, such as TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until the process is gone and all it wrote is here.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) =>
        _process.WaitForExitAsync(cancellationToken).WaitAsync(s_deadline, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }
}
