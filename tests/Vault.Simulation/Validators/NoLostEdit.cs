using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// Invariant 4: every value that a device accepted is at the end a live value, in an item's history, in a conflict copy or the
/// trash, or in an outbox with the reason why; unless somebody who saw it deleted it for ever.
/// </summary>
public sealed class NoLostEdit : Validator
{
    private readonly SortedDictionary<string, (string Device, GroupId Group)> _accepted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    public override string Promise => "no lost edit";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case Edited edited:
                foreach (var value in edited.Values)
                {
                    _accepted[value] = (edited.Device, edited.Group);
                }

                break;
            case Vanished vanished:
                _found.UnionWith(vanished.Values);
                break;
            case FinalState final:
                _found.UnionWith(final.Values);
                break;
            case FinalOutbox outbox:
                _found.UnionWith(outbox.Values);
                break;
            case Settled { InTime: true }:
                Judge();
                break;
            default:
                break;
        }
    }

    private void Judge()
    {
        var lost = _accepted.Where(edit => !_found.Contains(edit.Key)).ToList();
        if (lost.Count > 0)
        {
            throw Broken($"{lost.Count} of {_accepted.Count} accepted values are gone: {string.Join(", ", lost.Take(5).Select(edit => $"{edit.Key} in {edit.Value.Group}"))}");
        }
    }
}
