using Vault.Core.Ids;

namespace Vault.Client.Groups;

/// <summary>Where a device stands beside this replica, by its own newest statement.</summary>
public enum DeviceStanding
{
    /// <summary>It is this device.</summary>
    Self,

    /// <summary>No statement of it is known here.</summary>
    Unheard,

    /// <summary>It verified the same head.</summary>
    Agrees,

    /// <summary>It verified an earlier head of the same chain.</summary>
    Behind,

    /// <summary>It verified more than this replica has.</summary>
    Ahead,

    /// <summary>It verified another commit, or more than the relay serves here.</summary>
    Disputes,
}

/// <summary>One device of one member.</summary>
public sealed record DeviceConvergence(AccountId Account, DeviceId Device, DeviceStanding Standing)
{
    /// <summary>Position that it verified. Null: not known.</summary>
    public ulong? HeadSeq { get; init; }

    /// <summary>Commits that it lacks.</summary>
    public ulong Behind { get; init; }

    /// <summary>How long ago the first commit that it lacks was applied here. Null: not behind, or not known.</summary>
    public TimeSpan? BehindFor { get; init; }

    /// <summary>
    /// At most so long ago it verified its head: it had seen what this device said then. True whatever the relay replays; across a
    /// restart of this program by the wall clock. Null: nothing proves it.
    /// </summary>
    public TimeSpan? AgreedAge { get; init; }

    /// <summary>When its newest statement came here. Proves nothing, for the relay chooses when to hand it on.</summary>
    public TimeSpan? HeardAge { get; init; }
}

/// <summary>How far the devices of a group agree.</summary>
/// <param name="Devices">By account and device; certified and not revoked.</param>
public sealed record GroupConvergence(IReadOnlyList<DeviceConvergence> Devices)
{
    /// <summary>Devices at the verified head or beyond it, this one included.</summary>
    public int Agreeing => Devices.Count(device => device.Standing is DeviceStanding.Self or DeviceStanding.Agrees or DeviceStanding.Ahead);

    /// <summary>Another device attested a newer or a different head than the relay served.</summary>
    public bool Disputed => Devices.Any(device => device.Standing == DeviceStanding.Disputes);

    /// <summary>Whoever agreed last with the verified head, as proven. Null: nobody did.</summary>
    public DeviceConvergence? Witness =>
        Devices.Where(device => device is { Standing: DeviceStanding.Agrees, AgreedAge: not null }).MinBy(device => device.AgreedAge);

    /// <summary>Devices that dispute, then those behind, the longest first, then those never heard of.</summary>
    public IEnumerable<DeviceConvergence> Lagging => Devices
        .Where(device => device.Standing is DeviceStanding.Disputes or DeviceStanding.Behind or DeviceStanding.Unheard)
        .OrderBy(device => device.Standing switch { DeviceStanding.Disputes => 0, DeviceStanding.Behind => 1, _ => 2 })
        .ThenByDescending(device => device.BehindFor ?? TimeSpan.Zero)
        .ThenByDescending(device => device.Behind);
}
