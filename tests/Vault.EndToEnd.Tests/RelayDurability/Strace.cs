using System.Diagnostics;
using System.Globalization;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>The tracer. A machine without it gets it; where that fails, the test fails.</summary>
internal static class Strace
{
    private static readonly TimeSpan s_installMax = TimeSpan.FromMinutes(5);

    /// <summary>A command, traced: what it reads and writes, and what it syncs.</summary>
    public static IReadOnlyList<string> Command(string traceFile, IReadOnlyList<string> command) =>
    [
        "strace", "--seccomp-bpf", "-f", "-qq", "-yy", "-xx", "-s", "32768", "-o", traceFile,
        "-e", "trace=read,readv,recvfrom,recvmsg,write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync",
        .. command,
    ];

    public static async Task InstallAsync(CancellationToken cancellationToken)
    {
        if (await RunAsync(["strace", "--version"], cancellationToken) == 0)
        {
            return;
        }

        string[] root = Environment.IsPrivilegedProcess ? [] : ["sudo", "-n"];
        await RunAsync([.. root, "apt-get", "update", "-qq"], cancellationToken);
        var status = await RunAsync([.. root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "strace"], cancellationToken);
        Assert.True(status == 0, "strace is not installed, and apt-get does not install it.");
    }

    /// <summary>The process that strace runs.</summary>
    public static int Traced(int strace) =>
        int.Parse(File.ReadAllText($"/proc/{strace}/task/{strace}/children").Split(' ')[0], CultureInfo.InvariantCulture);

    private static async Task<int> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        try
        {
            var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(s_installMax, cancellationToken);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
