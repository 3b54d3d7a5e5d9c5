using Vault.Server.Engine;

namespace Vault.Server.Hosting;

/// <summary>
/// The relay, as soon as there is one. Its names contain the bound port, so Kestrel listens a moment earlier; whoever calls
/// in that moment waits.
/// </summary>
internal sealed class RelayHolder : IDisposable
{
    private readonly ManualResetEventSlim _ready = new();
    private Relay? _relay;

    public void Set(Relay relay)
    {
        _relay = relay;
        _ready.Set();
    }

    public Relay Get()
    {
        _ready.Wait();
        return _relay!;
    }

    public void Dispose() => _ready.Dispose();
}
