using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Simulation.Time;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// What each device verified, over time: never lower, never sideways, and never called fresh while somebody had held a newer
/// commit for longer than the bound.
/// </summary>
public sealed class HeadRecorder(Kernel kernel, TimeSpan bound)
{
    private readonly Dictionary<(string Device, GroupId Group), ulong> _verified = [];
    private readonly Dictionary<(GroupId Group, ulong Seq), EntryId> _ids = [];
    private readonly Dictionary<GroupId, List<(long At, ulong Seq)>> _accepted = [];

    /// <summary>Samples in which a device called a group fresh.</summary>
    public int FreshSamples { get; private set; }

    /// <summary>A device shows a head as verified: two devices may never show different commits at one position.</summary>
    public void Saw(string device, GroupId group, ulong seq, EntryId id, FreshnessState state)
    {
        if (_verified.TryGetValue((device, group), out var before) && seq < before)
        {
            throw new SimulationFailedException($"No rollback: {device} went from {before} to {seq}.");
        }

        if (!_ids.TryAdd((group, seq), id) && _ids[(group, seq)] != id)
        {
            throw new SimulationFailedException($"No fork: two commits at {seq}.");
        }

        _verified[(device, group)] = seq;
        NoteAccepted(group, seq);
        if (state is FreshnessState.Live or FreshnessState.Polling)
        {
            FreshSamples++;
            RequireNoneOlder(device, group, seq);
        }
    }

    // Somebody verified it, so the relay had accepted it by now at the latest.
    private void NoteAccepted(GroupId group, ulong seq)
    {
        var list = _accepted.TryGetValue(group, out var known) ? known : _accepted[group] = [];
        if (list.Count == 0 || list[^1].Seq < seq)
        {
            list.Add((kernel.Now, seq));
        }
    }

    private void RequireNoneOlder(string device, GroupId group, ulong seq)
    {
        foreach (var (at, accepted) in _accepted[group])
        {
            if (accepted > seq && kernel.Now - at > bound.Ticks)
            {
                throw new SimulationFailedException(
                    $"Never false-fresh: {device} is called fresh at {seq}, and {accepted} was there {TimeSpan.FromTicks(kernel.Now - at)} ago.");
            }
        }
    }
}
