namespace Vault.Client.Sync;

/// <summary>Lets go of all three connections, so that the next call on each dials anew.</summary>
internal sealed class LinkRedial(ClientCore core, Poller poller, Watcher watcher)
{
    /// <summary>Dials anew, and waits until the stream is up again or a call's deadline is over.</summary>
    public async Task RedialAsync(CancellationToken cancellation)
    {
        var opened = core.StreamOpened = new Signal(core.Seams.Time);
        poller.Redial();
        core.HangUp();
        watcher.Redial();
        await opened.WaitAsync(core.Options.CallDeadline, cancellation);
    }
}
