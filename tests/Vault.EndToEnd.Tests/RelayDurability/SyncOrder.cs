using System.Buffers.Binary;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// Judges a trace: after a commit arrived and the last frame of its transaction was written to the log, and before the
/// answer that names it was handed to the socket, a sync of the log must have begun and ended.
/// </summary>
internal static class SyncOrder
{
    // SQLite's file format, section 4.1: before each page a frame header; its second word is not 0 in a transaction's last frame.
    private const int FrameHeaderBytes = 24;

    /// <summary>One sentence for each commit whose acknowledgement is not proven to follow its sync.</summary>
    /// <param name="calls">The trace.</param>
    /// <param name="commits">Of each commit its signature, which arrives and is stored, and its id, which is answered.</param>
    public static List<string> Violations(IReadOnlyList<SystemCall> calls, IReadOnlyList<(byte[] Signature, byte[] Id)> commits)
    {
        var log = calls.Where(call => call.IsLogWrite).ToList();
        var syncs = calls.Where(call => call.IsLogSync).ToList();
        var violations = new List<string>();
        foreach (var (index, (signature, id)) in commits.Index())
        {
            if (Arrival(calls, signature) is not { } arrived)
            {
                violations.Add($"commit {index}: never seen to arrive");
            }
            else if (LastFrame(log, arrived, signature) is not { } written)
            {
                violations.Add($"commit {index}: never seen to be written to the log");
            }
            else if (calls.FirstOrDefault(call => call.IsSend && call.Started > arrived && Holds(call.Data, id)) is not { } answer)
            {
                violations.Add($"commit {index}: never seen to be acknowledged");
            }
            else if (!syncs.Any(sync => sync.Started > written && sync.Ended < answer.Started))
            {
                violations.Add($"commit {index}: acknowledged at line {answer.Started + 1}, with no sync of the log since line {written + 1}");
            }
        }

        return violations;
    }

    // The line at which the signature was received whole. Reads may cut it anywhere.
    private static int? Arrival(IReadOnlyList<SystemCall> calls, byte[] signature)
    {
        foreach (var socket in calls.Where(call => call.IsReceive).GroupBy(call => call.Target))
        {
            var at = socket.SelectMany(call => call.Data).ToArray().AsSpan().IndexOf(signature);
            if (at < 0)
            {
                continue;
            }

            var end = at + signature.Length;
            var read = 0;
            return socket.First(call => (read += call.Data.Length) >= end).Ended;
        }

        return null;
    }

    // The line at which the last frame of the transaction that holds the signature had been written.
    private static int? LastFrame(List<SystemCall> log, int arrived, byte[] signature)
    {
        var page = log.FindIndex(write => write.Started > arrived && Holds(write.Data, signature));
        if (page < 1)
        {
            return null;
        }

        var last = log.FindIndex(page - 1, IsLastHeader);
        return last < 0 || last + 1 >= log.Count ? null : log[last + 1].Ended;
    }

    private static bool IsLastHeader(SystemCall write) =>
        write.Data.Length == FrameHeaderBytes && BinaryPrimitives.ReadUInt32BigEndian(write.Data.AsSpan(4)) != 0;

    private static bool Holds(byte[] data, byte[] part) => data.AsSpan().IndexOf(part) >= 0;
}
