using System.Diagnostics;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>A relay built from a changed copy of the source: what a test must tell from the real one.</summary>
internal static class PatchedRelay
{
    private static readonly TimeSpan s_buildMax = TimeSpan.FromMinutes(10);

    private static readonly string[] s_files =
    [
        "global.json", ".editorconfig", "Directory.Build.props", "Directory.Packages.props",
        "src/Directory.Build.props", "src/BannedSymbols.txt",
    ];

    private static readonly string[] s_folders = ["protos/vault", "src/Vault.Protocol", "src/Vault.Core", "src/Vault.Server"];

    /// <summary>Builds it in a folder, and says where the program is.</summary>
    /// <param name="copy">An empty folder.</param>
    /// <param name="from">Text of the relay's source, which must occur.</param>
    /// <param name="to">What stands there instead.</param>
    public static async Task<string> BuildAsync(string copy, string from, string to, CancellationToken cancellationToken)
    {
        var root = Root();
        foreach (var file in s_files.Concat(s_folders.SelectMany(folder => Files(root, folder))))
        {
            var target = Path.Combine(copy, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(root, file), target);
        }

        Patch(copy, from, to);
        var output = Path.Combine(copy, "out");
        await RunAsync(copy, "build", "src/Vault.Server", "--output", output, "--nologo", "-nodeReuse:false",
            "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false");
        return Path.Combine(output, "svault-server.dll");

        async Task RunAsync(string directory, params string[] arguments)
        {
            // A build started by a test run inherits where that run's build engine lives; this one finds its own.
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? RelayProcess.Dotnet, arguments)
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
            };
            foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                start.Environment.Remove(name);
            }

            start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
            start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
            using var build = Process.Start(start)!;
            var log = build.StandardOutput.ReadToEndAsync(cancellationToken);
            await build.WaitForExitAsync(cancellationToken).WaitAsync(s_buildMax, cancellationToken);
            Assert.True(build.ExitCode == 0, await log);
        }
    }

    private static void Patch(string copy, string from, string to)
    {
        var patched = 0;
        foreach (var file in Files(copy, "src/Vault.Server").Where(file => file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var path = Path.Combine(copy, file);
            var text = File.ReadAllText(path);
            if (text.Contains(from, StringComparison.Ordinal))
            {
                File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
                patched++;
            }
        }

        Assert.True(patched > 0, $"\"{from}\" does not occur in the relay's source.");
    }

    private static IEnumerable<string> Files(string root, string folder) =>
        Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file));

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Vault.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("No Vault.sln above this program.");
        }

        return directory.FullName;
    }
}
