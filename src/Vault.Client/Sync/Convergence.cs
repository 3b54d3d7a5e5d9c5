using Vault.Client.Groups;
using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>Everything that the convergence of one group follows from.</summary>
internal sealed record ConvergenceFacts
{
    /// <summary>Certified devices of the present roster that are not revoked.</summary>
    public required IReadOnlyList<(AccountId Account, DeviceId Device)> Roster { get; init; }

    public required DeviceId Self { get; init; }

    /// <summary>Newest statement by device, of whoever it was kept.</summary>
    public required IReadOnlyDictionary<DeviceId, Witness> Heard { get; init; }

    public required ChainHead Verified { get; init; }

    /// <summary>Whether a head lies on the verified chain.</summary>
    public required Func<ChainHead, bool> Contains { get; init; }

    /// <summary>Highest position that the newest proof or a hint named.</summary>
    public ulong ServedSeq { get; init; }

    /// <summary>When the request of the newest proof was sent. Null: no proof since start.</summary>
    public TimeSpan? ProofSentAt { get; init; }

    /// <summary>When the commit at a position was applied here, by the wall clock; 0 when that is not known.</summary>
    public required Func<ulong, long> AppliedMs { get; init; }

    public TimeSpan BootNow { get; init; }

    public long WallNowMs { get; init; }
}

/// <summary>
/// Which devices of a group stand where, by their own signed statements: a pure function, evaluated when asked, never stored. It
/// warns and decides nothing: no statement raises freshness, and none stops a group.
/// </summary>
internal static class Convergence
{
    public static GroupConvergence Of(ConvergenceFacts facts) =>
        new([.. facts.Roster.Select(one => Of(one.Account, one.Device, facts)).OrderBy(device => device.Account).ThenBy(device => device.Device)]);

    private static DeviceConvergence Of(AccountId account, DeviceId device, ConvergenceFacts facts)
    {
        if (device == facts.Self)
        {
            return new DeviceConvergence(account, device, DeviceStanding.Self) { HeadSeq = facts.Verified.Seq };
        }

        if (!facts.Heard.TryGetValue(device, out var witness) || witness.Account != account)
        {
            return new DeviceConvergence(account, device, DeviceStanding.Unheard);
        }

        var standing = StandingOf(witness, facts);
        var behind = standing == DeviceStanding.Behind ? facts.Verified.Seq - witness.Head.Seq : 0;
        var lacksSinceMs = behind == 0 ? 0 : facts.AppliedMs(witness.Head.Seq + 1);
        return new DeviceConvergence(account, device, standing)
        {
            HeadSeq = witness.Head.Seq,
            Behind = behind,
            BehindFor = lacksSinceMs <= 0 || lacksSinceMs > facts.WallNowMs ? null : TimeSpan.FromMilliseconds(facts.WallNowMs - lacksSinceMs),
            AgreedAge = standing == DeviceStanding.Disputes ? null : witness.Age(facts.BootNow, facts.WallNowMs),
            HeardAge = witness.HeardAge(facts.BootNow, facts.WallNowMs),
        };
    }

    private static DeviceStanding StandingOf(Witness witness, ConvergenceFacts facts)
    {
        if (witness.Head.Seq <= facts.Verified.Seq)
        {
            return !facts.Contains(witness.Head) ? DeviceStanding.Disputes
                : witness.Head.Seq == facts.Verified.Seq ? DeviceStanding.Agrees
                : DeviceStanding.Behind;
        }

        // Higher than what is here is a dispute only once the relay, asked after the statement was known, served less.
        var wasAskedSince = facts.ProofSentAt is { } sent && (witness.HeardAt is not { } heard || heard <= sent);
        return witness.Head.Seq > facts.ServedSeq && wasAskedSince ? DeviceStanding.Disputes : DeviceStanding.Ahead;
    }
}
