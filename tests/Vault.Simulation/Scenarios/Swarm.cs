using Vault.Server.Engine;
using Vault.Simulation.Time;

namespace Vault.Simulation.Scenarios;

/// <summary>What one seed is like: which kinds of faults happen and how often, how many people there are, what they do.</summary>
public sealed class Swarm
{
    private readonly HashSet<FaultKind> _on;

    /// <summary>Draws the options of a seed.</summary>
    public Swarm(Dice dice, bool brief)
    {
        ArgumentNullException.ThrowIfNull(dice);
        var share = dice.Pick([0.1, 0.3, 0.6]);
        _on = [.. Enum.GetValues<FaultKind>().Where(_ => dice.Chance(share))];

        // In a recovery window a member who was not given a blob may bring back the commit that names it, and whoever holds the blob is
        // not asked.
        if (Has(FaultKind.Restore) || Has(FaultKind.Wipe))
        {
            _on.Remove(FaultKind.HeldBlobs);
        }

        FaultRate = dice.Pick([0.03, 0.1, 0.25]);
        ActionRate = dice.Pick([0.2, 0.5, 0.9]);
        ChangesOfMembers = dice.Pick([0.0, 0.05, 0.2]);
        People = 1 + dice.Below(3) + (dice.Chance(0.5) ? 1 : 0);
        DevicesMost = Math.Max(People, 2 + dice.Below(4));
        Busy = TimeSpan.FromSeconds(dice.Pick([15, 30, 60]));
        Quiet = TimeSpan.FromMinutes(dice.Pick<int>(brief ? [1, 2] : [4, 8, 12]));
        Rounds = brief ? 1 : 2;
        PulseInterval = TimeSpan.FromSeconds(dice.Pick([1, 2]));
    }

    /// <summary>Probability of a fault in one step.</summary>
    public double FaultRate { get; }

    /// <summary>Probability that somebody does something in one step of a busy time.</summary>
    public double ActionRate { get; }

    /// <summary>Share of actions that concern members, roles, invites and groups.</summary>
    public double ChangesOfMembers { get; }

    /// <summary>How many people there are.</summary>
    public int People { get; }

    /// <summary>How many devices they have at most, all together.</summary>
    public int DevicesMost { get; }

    /// <summary>Length of a busy time.</summary>
    public TimeSpan Busy { get; }

    /// <summary>Length of the quiet time after it.</summary>
    public TimeSpan Quiet { get; }

    /// <summary>How often both come.</summary>
    public int Rounds { get; }

    /// <summary>How often the relay writes its canary.</summary>
    public TimeSpan PulseInterval { get; }

    /// <summary>Kinds that happen.</summary>
    public IReadOnlyCollection<FaultKind> On => _on;

    /// <summary>Whether a kind happens.</summary>
    public bool Has(FaultKind kind) => _on.Contains(kind);

    /// <summary>What the relay is run with.</summary>
    public RelayLimits Limits() => new()
    {
        PulseInterval = PulseInterval,
        SupersededLifetime = Has(FaultKind.Collection) ? TimeSpan.FromSeconds(20) : TimeSpan.FromDays(30),
        PruneInterval = Has(FaultKind.Collection) ? TimeSpan.FromSeconds(15) : TimeSpan.FromHours(1),
    };
}
