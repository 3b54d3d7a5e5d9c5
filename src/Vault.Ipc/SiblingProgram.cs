using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>
/// The programs that belong together: installed side by side, or each in its own folder of the build's output
/// (<c>bin/&lt;Project&gt;/&lt;configuration&gt;</c>). Never looked for on PATH, where anybody could have put one.
/// </summary>
public sealed record SiblingProgram(string Name, string Project)
{
    public static SiblingProgram Agent { get; } = new("svault-agent", "Vault.Agent");

    public static SiblingProgram Server { get; } = new("svault-server", "Vault.Server");

    public static SiblingProgram Demo { get; } = new("svault-demo", "Vault.Demo");

    public static SiblingProgram CommandLine { get; } = new("svault", "Vault.Cli");

    /// <summary>How to start it, with no argument and no redirection set yet.</summary>
    /// <exception cref="AgentException">It is not installed.</exception>
    public ProcessStartInfo ToStartInfo()
    {
        foreach (var folder in Folders())
        {
            var program = Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
            if (File.Exists(program))
            {
                var start = new ProcessStartInfo(program) { UseShellExecute = false };
                ShareRuntime(start);
                return start;
            }

            var assembly = Path.Combine(folder, Name + ".dll");
            if (File.Exists(assembly) && RuntimeRoot() is { } root)
            {
                var start = new ProcessStartInfo(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"))
                {
                    UseShellExecute = false,
                };
                start.ArgumentList.Add(assembly);
                return start;
            }
        }

        throw new AgentException(
            ExitCode.Error, $"{Name} is not installed beside this program.", "Install all of Vault's programs into one folder, or build the solution.");
    }

    private IEnumerable<string> Folders()
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        yield return own;

        // …/bin/Vault.Cli/debug: the sibling's is …/bin/Vault.Agent/debug.
        var configuration = Path.GetFileName(own);
        var bin = Path.GetDirectoryName(Path.GetDirectoryName(own));
        if (bin is not null && Path.GetFileName(bin) == "bin")
        {
            yield return Path.Combine(bin, Project, configuration);
        }
    }

    // A framework found by this process may be in a place where the sibling's own host would not look.
    private static void ShareRuntime(ProcessStartInfo start)
    {
        if (RuntimeRoot() is { } root && !start.Environment.ContainsKey("DOTNET_ROOT"))
        {
            start.Environment["DOTNET_ROOT"] = root;
        }
    }

    // <root>/shared/Microsoft.NETCore.App/<version>/. A natively compiled program has none, and needs none.
    private static string? RuntimeRoot()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return null;
        }

        var framework = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        var shared = Path.GetDirectoryName(Path.GetDirectoryName(framework));
        return shared is not null && Path.GetFileName(shared) == "shared" ? Path.GetDirectoryName(shared) : null;
    }
}
