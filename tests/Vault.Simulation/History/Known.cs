using Vault.Core.Ids;

namespace Vault.Simulation.History;

/// <summary>
/// What follows from a history so far, kept once for all validators: the relay's chains as its COMMITs made them, who is a
/// member of what, and who can do what at the moment.
/// </summary>
public sealed class Known
{
    private readonly SortedDictionary<GroupId, AcceptedChain> _chains = [];

    /// <summary>Every chain that the relay holds or held.</summary>
    public IReadOnlyDictionary<GroupId, AcceptedChain> Chains => _chains;

    /// <summary>Devices by name, as they are now.</summary>
    public Dictionary<string, DeviceHealth> Devices { get; } = new(StringComparer.Ordinal);

    /// <summary>Streams that are open.</summary>
    public Dictionary<int, StreamOpened> Streams { get; } = [];

    /// <summary>The relay as it is now.</summary>
    public RelayHealth Relay { get; private set; } = new(false, true, true, false);

    /// <summary>Since when all faults are over. Null: they are not.</summary>
    public long? HealedAt { get; private set; }

    /// <summary>A group's chain, empty when the relay never took one.</summary>
    public AcceptedChain Chain(GroupId group) =>
        _chains.TryGetValue(group, out var chain) ? chain : _chains[group] = new AcceptedChain(group);

    /// <summary>The account of a device.</summary>
    public AccountId? AccountOf(string device) => Devices.GetValueOrDefault(device)?.Account;

    /// <summary>Learns from one happening, before any validator sees it.</summary>
    public void Learn(Happening happening)
    {
        switch (happening)
        {
            case CommitAccepted commit:
                Chain(commit.Group).Add(commit);
                break;
            case RelayRestored restored:
                foreach (var (group, chain) in _chains)
                {
                    chain.CutTo(restored.Heads.TryGetValue(group.ToString(), out var head) ? head : null);
                }

                break;
            case RelayHealth health:
                Relay = health;
                break;
            case DeviceHealth health:
                Devices[health.Device] = health;
                break;
            case StreamOpened opened:
                Streams[opened.Stream] = opened;
                break;
            case StreamEnded ended:
                Streams.Remove(ended.Stream);
                break;
            case Healed:
                HealedAt = happening.At;
                break;
            default:
                break;
        }
    }
}
