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
        if (!house.Relay.IsWindowOpen || Missing() is not null)
        {
            _openSince = null;
            return;
        }

        _openSince ??= house.Kernel.Now;
        if (house.Kernel.Now - _openSince > Patience.Ticks && Held() is null)
        {
            house.Note("recovery window closed");
            house.Relay.CloseWindow();
        }
    }

    /// <summary>What an open window waits for, in words; null when for nothing but patience.</summary>
    public string? WaitsFor() => Missing() ?? Held();

    // Who is not there.
    private string? Missing() =>
        house.Relay.Endpoint is null
            ? "the relay"
            : house.Devices.Find(device => device.Client is not { } client || device.IsStarting || device.Clock.IsAsleep || !device.Link.IsUp
                || (client.State != ClientState.NoAccount && !client.Sync.IsRunning))?.Name;

    // Who holds what the relay does not.
    private string? Held() =>
        (from chain in house.Chronicle.Known.Chains.Values
         from device in house.Devices
         let seq = Seq(device.Client!, chain.Group)
         where seq > (chain.Head?.Seq ?? 0)
         select $"{device.Name}, which holds {chain.Group} to {seq}, and the relay to {chain.Head?.Seq}").FirstOrDefault();

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
