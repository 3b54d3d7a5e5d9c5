using Vault.Ipc;

namespace Vault.Agent.Process;

/// <summary>Lets go of the terminal and of the command that started this agent.</summary>
internal static class Detachment
{
    private const long LogBytesMax = 1 << 20;

    /// <summary>An own session, so that no key pressed in a terminal ends the agent; the log becomes standard error.</summary>
    public static void Begin(VaultPaths paths)
    {
        // Fails only for a session leader, which has no terminal to lose.
        _ = LibC.setsid();
        var log = new FileInfo(paths.Log);
        if (log is { Exists: true, Length: > LogBytesMax })
        {
            log.MoveTo(paths.Log + ".1", overwrite: true);
        }

        using var handle = File.OpenHandle(paths.Log, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        // The runtime keeps its own idea of a position; the descriptor itself stands at the beginning.
        LibC.lseek(handle, 0, LibC.SeekEnd);
        LibC.dup2(handle, 2);
    }

    /// <summary>Tells whoever started this agent how it went, and closes the line to them.</summary>
    public static void Report(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        LibC.dup2(nothing, 0);
        LibC.dup2(nothing, 1);
    }
}
