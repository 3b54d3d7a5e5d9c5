using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>Standard error: warnings, what is still pending, and a word when something takes long.</summary>
internal sealed class Notices(bool json)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(300);

    private readonly bool _isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public void Line(string text) => Console.Error.WriteLine(Printable.Of(text));

    /// <summary>Says what is being done once it takes longer than people wait, and takes it back when it is done.</summary>
    public async Task<T> WhileAsync<T>(string doing, Task<T> work)
    {
        if (json || !_isTerminal || await Task.WhenAny(work, Task.Delay(_patience)) == work)
        {
            return await work;
        }

        await Console.Error.WriteAsync($"{doing} …");
        try
        {
            return await work;
        }
        finally
        {
            await Console.Error.WriteAsync("\r\u001b[K");
        }
    }

    /// <summary>A read that is older than it should be says so. In JSON the document says it.</summary>
    public void Freshness(string group, Freshness? freshness)
    {
        if (json || freshness is null)
        {
            return;
        }

        if (freshness.Disputed)
        {
            Line($"svault: {group} is disputed, another device attests another history than the relay serves; see svault status --members");
        }

        if (freshness.State is GroupState.Live or GroupState.Polling or GroupState.Unspecified)
        {
            return;
        }

        var proven = freshness.HasProofAgeMs ? $"last proven {Durations.Format(freshness.ProofAgeMs)} ago" : "not proven since the agent started";
        var reason = freshness.Reason.Length == 0 ? "" : $" ({freshness.Reason})";
        Line($"svault: {group} is {Names.Of(freshness.State)}, {proven}{reason}");
    }

    /// <summary>
    /// A write that the relay has not confirmed says so. The exit code is that of the reason when the caller wanted it
    /// confirmed, else success: it is durable here.
    /// </summary>
    public ExitCode Write(WriteOutcome write, bool mustConfirm)
    {
        if (write.State == WriteState.Confirmed)
        {
            return Verb.Ok;
        }

        if (!json)
        {
            var reason = write.Reason.Length == 0 ? "" : $": {write.Reason}";
            Line($"svault: saved here, {write.Pending} pending{reason}");
        }

        return !mustConfirm ? Verb.Ok : write.ReasonCode == ExitCode.Offline ? ExitCode.Offline : ExitCode.Stale;
    }
}
