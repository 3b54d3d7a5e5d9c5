using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>
/// Nonces that devices sent to see whether hints reach them, until the tail's next turn takes them along. One a device, and
/// only of devices with an open stream, so there are never more than streams; nothing of it is stored.
/// </summary>
internal sealed class Probes(FanOut fanOut)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(AccountId Account, DeviceId Device), ByteString> _waiting = [];

    /// <summary>Keeps a nonce for the next turn; the device's newest alone. Says to how many streams it goes: to none, it is not kept.</summary>
    public int Add(AccountId account, DeviceId device, ByteString nonce)
    {
        var streams = fanOut.StreamsOf(account, device);
        if (streams > 0)
        {
            lock (_gate)
            {
                _waiting[(account, device)] = nonce;
            }
        }

        return streams;
    }

    /// <summary>What waits now; it waits no longer.</summary>
    public IReadOnlyList<(AccountId Account, DeviceId Device, ByteString Nonce)> Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return [];
            }

            var taken = _waiting.Select(pair => (pair.Key.Account, pair.Key.Device, pair.Value)).OrderBy(one => one.Device).ToList();
            _waiting.Clear();
            return taken;
        }
    }

    /// <summary>Sends them round: to the streams of each one's device, and to nobody else's.</summary>
    public void Publish(IReadOnlyList<(AccountId Account, DeviceId Device, ByteString Nonce)> probes)
    {
        foreach (var (account, device, nonce) in probes)
        {
            fanOut.ToDevice(account, device, SlotKind.Probe, new WatchResponse { Probe = new WatchProbe { Nonce = nonce } });
        }
    }
}
