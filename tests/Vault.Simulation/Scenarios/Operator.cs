using Vault.Client;
using Vault.Client.Accounts;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// Who runs the relay. After a restore the recovery window stays open until every device was there and the relay has back what
/// any of them holds.
/// </summary>
internal sealed class Operator(Household house)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private long? _openSince;

    /// <summary>Closes the window when its time has come.</summary>
    public void Look()
    {
        if (!house.Relay.IsWindowOpen)
        {
            _openSince = null;
            return;
        }

        if (!IsEverybodyThere())
        {
            _openSince = null;
            return;
        }

        _openSince ??= house.Kernel.Now;
        if (house.Kernel.Now - _openSince > Patience.Ticks && HoldsWhatTheyHold())
        {
            house.Note("recovery window closed");
            house.Relay.CloseWindow();
        }
    }

    private bool IsEverybodyThere() =>
        house.Relay.Endpoint is not null
        && house.Devices.All(device => device.Client is { } client && !device.IsStarting && !device.Clock.IsAsleep && device.Link.IsUp
            && (client.State == ClientState.NoAccount || client.Sync.IsRunning));

    private bool HoldsWhatTheyHold() =>
        house.Chronicle.Known.Chains.Values.All(chain => house.Devices.All(device => Seq(device.Client!, chain.Group) <= (chain.Head?.Seq ?? 0)));

    private static ulong Seq(VaultClient client, Core.Ids.GroupId group)
    {
        try
        {
            return client.State == ClientState.NoAccount ? 0 : client.Sync.Status(group).VerifiedSeq;
        }
        catch (VaultException notHere) when (notHere.Refusal == ClientRefusal.NotFound)
        {
            return 0;
        }
    }
}
