using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Whom a device has pinned it keeps pinned: no token, resync, restore or restart makes a known person a stranger.</summary>
public sealed class NoLostPin : Validator
{
    private readonly HashSet<(string Device, string Account)> _pinned = [];

    public override string Promise => "no lost pin";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not PinsShown shown)
        {
            return;
        }

        _pinned.UnionWith(shown.Pinned.Select(account => (shown.Device, account)));
        if (shown.Unpinned.FirstOrDefault(account => _pinned.Contains((shown.Device, account))) is { } lost)
        {
            throw Broken($"{shown.Device} had pinned {lost}, and does not know them any more");
        }
    }
}
