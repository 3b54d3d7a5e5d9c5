using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariants 3 and 10: at one position all devices verify one commit, and beside an honest relay none calls a group forked.</summary>
public sealed class NoFork : Validator
{
    private readonly Dictionary<(GroupId Group, ulong Seq), EntryId> _ids = [];

    public override string Promise => "no fork";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is Shown shown)
        {
            if (shown.State == FreshnessState.Forked)
            {
                throw Broken($"{shown.Device} calls {shown.Group} forked at {shown.Seq}");
            }

            Judge(shown.Device, shown.Group, shown.Seq, shown.Id);
        }
        else if (happening is FinalState final)
        {
            Judge(final.Device, final.Group, final.Seq, final.Id);
        }
    }

    private void Judge(string device, GroupId group, ulong seq, EntryId? id)
    {
        if (id is { } seen && !_ids.TryAdd((group, seq), seen) && _ids[(group, seq)] != seen)
        {
            throw Broken($"{device} shows another commit at {seq} of {group} than was shown before");
        }
    }
}
