using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 3: a verified head never goes down, whatever the relay serves and however often the process ends.</summary>
public sealed class NoRollback : Validator
{
    private readonly Dictionary<(string Device, GroupId Group), ulong> _verified = [];

    public override string Promise => "no rollback";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is Shown shown)
        {
            Judge(shown.Device, shown.Group, shown.Seq);
        }
        else if (happening is FinalState { How: not "relay" } final)
        {
            Judge(final.Device, final.Group, final.Seq);
        }
    }

    private void Judge(string device, GroupId group, ulong seq)
    {
        if (_verified.TryGetValue((device, group), out var before) && seq < before)
        {
            throw Broken($"{device} went from {before} to {seq} in {group}");
        }

        _verified[(device, group)] = seq;
    }
}
