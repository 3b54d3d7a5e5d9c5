using System.Diagnostics;

namespace Vault.Core.Tests.SecondImplementation;

/// <summary>
/// Runs the implementation under tests/second. Its packages are put in place on first use; a lock file keeps the test
/// processes that run beside each other apart.
/// </summary>
internal static class Second
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task<string>> s_node = new(FindNodeAsync);

    /// <summary>What a program printed, and how it ended.</summary>
    internal sealed record Run(int ExitCode, string Output, string Errors)
    {
        public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
    }

    public static string Root { get; } = FindRoot();

    /// <summary>A program of tests/second, as <c>node</c> runs it.</summary>
    public static async Task<Run> NodeAsync(string script, IReadOnlyList<string> arguments, string input = "")
    {
        var node = await s_node.Value;
        return await RunAsync(Path.Combine(node, "node"), [Path.Combine(Root, "tests", "second", script), .. arguments], input, node);
    }

    /// <summary>npm in tests/second. It need not stand beside the node that it runs: a registry package of Node.js holds none.</summary>
    public static async Task<Run> NpmAsync(params string[] arguments)
    {
        var node = await s_node.Value;
        return await RunAsync("npm", ["--prefix", Path.Combine(Root, "tests", "second"), .. arguments], "", node);
    }

    private static async Task<string> FindNodeAsync()
    {
        var run = await RunAsync("bash", [Path.Combine(Root, "tests", "tools", "second-ready")], "", null);
        Assert.True(run.ExitCode == 0, $"tests/tools/second-ready: {run}");
        return run.Output.Trim();
    }

    private static async Task<Run> RunAsync(string program, IReadOnlyList<string> arguments, string input, string? firstOnPath)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (firstOnPath is not null)
        {
            start.Environment["PATH"] = $"{firstOnPath}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(s_patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return new Run(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end.");
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Vault.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("No Vault.sln above " + AppContext.BaseDirectory);
    }
}
