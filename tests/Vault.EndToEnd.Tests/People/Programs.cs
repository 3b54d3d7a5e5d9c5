using System.Diagnostics;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.People;

/// <summary>The programs as built beside this one.</summary>
public static class Programs
{
    /// <summary>How long any one command may take. Only a failure waits so long.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromMinutes(4);

    /// <summary>The folder with the folders of all projects.</summary>
    public static string Root => Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    public static string Svault => Of("Vault.Cli", "svault");

    public static string Agent => Of("Vault.Agent", "svault-agent");

    public static string Server => Of("Vault.Server", "svault-server");

    /// <summary>How a program is started in surroundings that hold nothing of the developer's own vault.</summary>
    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("SVAULT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(RelayProcess.Dotnet);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Outcome> RunAsync(ProcessStartInfo start, byte[] input)
    {
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} does not start.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            using var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await FeedAsync(process, input, limit.Token);
            await reading;
            var said = await errors;
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(string.Join(' ', start.ArgumentList), process.ExitCode, output.ToArray(), said);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>The running processes, by id and command line, that were started with a text in their arguments or environment.</summary>
    public static IReadOnlyCollection<string> RunningWith(string text)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
                if (line.Contains(text, StringComparison.Ordinal)
                    || File.ReadAllText(Path.Combine(process, "environ")).Contains(text, StringComparison.Ordinal))
                {
                    found.Add($"{Path.GetFileName(process)} {line}");
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or it is somebody else's.
            }
        }

        return found;
    }

    // A command that refuses its arguments reads no input.
    private static async Task FeedAsync(Process process, byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The same.
        }
    }

    private static string Of(string project, string program) =>
        Path.Combine(Root, project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), program);
}
