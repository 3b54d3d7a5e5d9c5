using System.Text;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>
/// Where a profile's things are. <c>SVAULT_HOME</c> puts all of them into one folder, which is how tests and the demo keep
/// several people apart; otherwise the XDG directories hold.
/// </summary>
public sealed class VaultPaths
{
    // sun_path has 108 bytes on Linux and 104 on macOS, with the final zero.
    private const int SocketPathBytesMax = 103;

    private VaultPaths(Profile profile, string state, string runtime)
    {
        Profile = profile;
        StateDirectory = state;
        RuntimeDirectory = runtime;
    }

    public Profile Profile { get; }

    /// <summary>What must survive: replica, outbox, this device's keys, the agent's log.</summary>
    public string StateDirectory { get; }

    /// <summary>What lives as long as the agent: socket and lock.</summary>
    public string RuntimeDirectory { get; }

    public string Socket => Path.Combine(RuntimeDirectory, "agent.sock");

    /// <summary>Held for as long as the profile's agent lives, from before it listens until nothing of it is left.</summary>
    public string InstanceLock => Path.Combine(RuntimeDirectory, "agent.lock");

    public string Log => Path.Combine(StateDirectory, "agent.log");

    /// <summary>The paths of a profile by this process's environment.</summary>
    /// <exception cref="AgentException">There is no home, or the socket's path would be too long for the system.</exception>
    public static VaultPaths Of(Profile profile) => Of(profile, Environment.GetEnvironmentVariable);

    public static VaultPaths Of(Profile profile, Func<string, string?> environment)
    {
        VaultPaths paths;
        if (Absolute(environment, "SVAULT_HOME") is { } home)
        {
            var folder = Path.Combine(home, profile.Name);
            paths = new VaultPaths(profile, folder, folder);
        }
        else
        {
            var state = Path.Combine(DataHome(environment), "svault", profile.Name);
            var runtime = Absolute(environment, "XDG_RUNTIME_DIR") is { } xdg ? Path.Combine(xdg, "svault", profile.Name) : state;
            paths = new VaultPaths(profile, state, runtime);
        }

        return Encoding.UTF8.GetByteCount(paths.Socket) <= SocketPathBytesMax
            ? paths
            : throw new AgentException(
                ExitCode.Usage,
                $"The agent's socket would be {paths.Socket}, and the system takes at most {SocketPathBytesMax} bytes.",
                "Set SVAULT_HOME or XDG_RUNTIME_DIR to a shorter path.");
    }

    /// <summary>Makes both directories, for this user only, and refuses them when they are open to others.</summary>
    public void Prepare()
    {
        PrivateDirectory.Prepare(StateDirectory);
        PrivateDirectory.Prepare(RuntimeDirectory);
    }

    private static string DataHome(Func<string, string?> environment)
    {
        if (Absolute(environment, "XDG_DATA_HOME") is { } xdg)
        {
            return xdg;
        }

        if (OperatingSystem.IsWindows())
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        }

        return Absolute(environment, "HOME") is { } home
            ? Path.Combine(home, ".local", "share")
            : throw new AgentException(ExitCode.Usage, "There is no home directory.", "Set HOME or SVAULT_HOME.");
    }

    // The XDG specification ignores relative paths; for our own variable they would mean another vault in every folder.
    private static string? Absolute(Func<string, string?> environment, string name)
    {
        var value = environment(name);
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (Path.IsPathFullyQualified(value))
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(value));
        }

        return name.StartsWith("SVAULT_", StringComparison.Ordinal)
            ? throw new AgentException(ExitCode.Usage, $"{name} is not an absolute path.")
            : null;
    }
}
