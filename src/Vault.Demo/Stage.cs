using System.Diagnostics;
using Vault.Ipc;

namespace Vault.Demo;

/// <summary>
/// The temporary directory and everything that runs in it: one relay, a way to it that can lose notifications, and an agent process
/// and home for each person. Leaving the stage stops the processes and removes the directory.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private const string ListeningPrefix = "listening on ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly List<Person> _people = [];
    private Process? _relay;
    private HintSieve? _sieve;

    public Stage()
    {
        // Short, for a unix socket's path has at most 103 bytes.
        Directory = System.IO.Directory.CreateTempSubdirectory("svd-").FullName;
        RelayDirectory = Path.Combine(Directory, "relay");
        System.IO.Directory.CreateDirectory(RelayDirectory);
        Environment.SetEnvironmentVariable("SVAULT_HOME", Path.Combine(Directory, "homes"));
    }

    /// <summary>Where everything is.</summary>
    public string Directory { get; }

    /// <summary>Where the relay keeps its files.</summary>
    public string RelayDirectory { get; }

    /// <summary>The way to the relay that can lose notifications, once the relay runs.</summary>
    public HintSieve Sieve => _sieve ?? throw new InvalidOperationException("The relay does not run.");

    /// <summary>Starts a relay on a free loopback port; the URL of the way to it.</summary>
    public async Task<string> StartRelayAsync(CancellationToken cancellation)
    {
        _sieve = await HintSieve.StartAsync(cancellation);
        var start = SiblingProgram.Server.ToStartInfo();
        foreach (var argument in (string[])["run", "--listen", "127.0.0.1:0", "--data", RelayDirectory, "--tls", "off", "--name", $"127.0.0.1:{_sieve.Port}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _relay = Process.Start(start) ?? throw new InvalidOperationException("The relay did not start.");
        var errors = new System.Collections.Concurrent.ConcurrentQueue<string>();
        _relay.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                errors.Enqueue(line.Data);
            }
        };
        _relay.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartTimeout);
        while (await _relay.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith(ListeningPrefix, StringComparison.Ordinal))
            {
                _sieve.PassTo(new Uri(line[ListeningPrefix.Length..]));
                return _sieve.Address;
            }
        }

        throw new InvalidOperationException($"The relay ended: {string.Join(' ', errors)}");
    }

    /// <summary>Starts a person's own agent in a home of its own.</summary>
    public async Task<Person> StartPersonAsync(string name, CancellationToken cancellation)
    {
        if (!Profile.TryParse(name, out var profile))
        {
            throw new ArgumentException("A profile's name is needed.", nameof(name));
        }

        var person = new Person(name, await AgentLauncher.ConnectOrStartAsync(VaultPaths.Of(profile), cancellation));
        _people.Add(person);
        return person;
    }

    /// <summary>Stops the relay and waits until it has closed its files.</summary>
    public async Task StopRelayAsync()
    {
        if (_relay is { HasExited: false } running)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{running.Id}"]);
            using var limit = new CancellationTokenSource(StartTimeout);
            try
            {
                await running.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                running.Kill(entireProcessTree: true);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people)
        {
            await person.StopAsync();
        }

        if (_sieve is not null)
        {
            await _sieve.DisposeAsync();
        }

        await StopRelayAsync();
        _relay?.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
