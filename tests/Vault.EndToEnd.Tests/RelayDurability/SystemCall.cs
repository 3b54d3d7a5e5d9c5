namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>One system call of a trace. Positions are lines: of the line that shows its start, and of the one that shows its end.</summary>
/// <param name="Name">Such as <c>fdatasync</c>.</param>
/// <param name="Target">What the descriptor is: a path, or a socket with its two ends.</param>
/// <param name="Data">The bytes it carried.</param>
/// <param name="Started">Before this line it had not begun.</param>
/// <param name="Ended">At this line it had ended.</param>
/// <param name="Succeeded">Whether it returned no error.</param>
internal sealed record SystemCall(string Name, string Target, byte[] Data, int Started, int Ended, bool Succeeded)
{
    public bool IsSend => IsSocket && Name is ("sendmsg" or "sendto" or "write" or "writev");

    public bool IsReceive => IsSocket && Name is ("recvmsg" or "recvfrom" or "read" or "readv");

    public bool IsLogWrite => IsLog && Name is ("pwrite64" or "write");

    public bool IsLogSync => IsLog && Succeeded && Name is ("fdatasync" or "fsync");

    private bool IsSocket => Target.StartsWith("TCP", StringComparison.Ordinal);

    private bool IsLog => Target.EndsWith("-wal", StringComparison.Ordinal);
}
