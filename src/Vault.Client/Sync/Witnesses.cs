using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Core.Attestations;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>What other devices of each group said last, kept over restarts, and what follows from it.</summary>
internal sealed class Witnesses(ClientCore core)
{
    // With more every poll would be refused, and nothing be fresh (attack: an admin of one group seats accounts with many devices, and
    // stops a member's other groups).
    private const int Most = 4_096;

    private static readonly Dictionary<DeviceId, Witness> Nobody = [];

    private readonly Dictionary<GroupId, Dictionary<DeviceId, Witness>> _heard = [];
    private readonly Dictionary<GroupId, OwnStatements> _own = [];
    private bool _recalled;
    private int _knownFrom;

    /// <summary>What this process said for a group.</summary>
    public OwnStatements OwnOf(GroupId group)
    {
        if (!_own.TryGetValue(group, out var own))
        {
            _own.Add(group, own = new OwnStatements());
        }

        return own;
    }

    /// <summary>Newest statement by device; also of devices that count no more.</summary>
    public IReadOnlyDictionary<DeviceId, Witness> Of(GroupId group)
    {
        Recall();
        return _heard.GetValueOrDefault(group, Nobody);
    }

    /// <summary>Keeps a statement that was checked, if it is newer than what is known of the device.</summary>
    public void Hear(GroupId group, VerifiedAttestation said, TimeSpan at)
    {
        var self = core.Account!.Device;
        if (said.Device == self)
        {
            return;
        }

        var heard = new Witness(said.Account, said.Device, said.Counter, said.GroupHead) { HeardAt = at, HeardMs = core.WallMs - (long)(core.BootNow - at).TotalMilliseconds };
        var before = Of(group).GetValueOrDefault(said.Device);
        if (Witness.After(before, heard, said.Echoes.TryGetValue(self, out var echo) ? echo : null, OwnOf(group)) is not { } newest)
        {
            return;
        }

        Keep(group, newest);
        core.Replica.Database.Transact("attestation", () => core.Replica.Attestations.Write(
            new StoredAttestation(group, newest.Device, newest.Counter, said.Attestation, newest.HeardMs, newest.SignedAfterMs)));
    }

    /// <summary>
    /// The newest counters known, so that the relay sends newer ones only. Where one poll does not carry them all, each has its turn.
    /// </summary>
    public IEnumerable<KnownAttestation> Known()
    {
        var all = core.Replica.Attestations.All().ToList();
        var from = all.Count > Most ? _knownFrom % all.Count : 0;
        _knownFrom = from + Most;
        return all.Skip(from).Concat(all.Take(from)).Take(Most).Select(known => new KnownAttestation
        {
            Group = known.Group.ToByteString(),
            Device = known.Device.ToByteString(),
            Counter = known.Counter,
        });
    }

    /// <summary>How far the devices of a group agree, evaluated now.</summary>
    public GroupConvergence Of(FollowedGroup group)
    {
        if (group.State is not { } state || core.Account is not { } account)
        {
            return new GroupConvergence([]);
        }

        // In a large group many devices stand at one head.
        var applied = new Dictionary<ulong, long>();
        long AppliedMs(ulong seq) => applied.TryGetValue(seq, out var ms) ? ms : applied[seq] = core.Replica.Chains.AppliedMs(group.Id, seq);
        return Convergence.Of(new ConvergenceFacts
        {
            Roster = Roster(state),
            Self = account.Device,
            Heard = Of(group.Id),
            Verified = state.Head,
            Contains = group.Contains,
            ServedSeq = Math.Max(group.Proof?.Head.Seq ?? 0, group.Hints.Highest),
            ProofSentAt = group.Proof?.SentAt,
            AppliedMs = AppliedMs,
            BootNow = core.BootNow,
            WallNowMs = core.WallMs,
        });
    }

    /// <summary>Certified devices of the present members that are not revoked.</summary>
    public static List<(AccountId Account, DeviceId Device)> Roster(VerifiedGroup state) =>
        [.. state.Members.Values.SelectMany(member => member.Anchor.Devices
            .Where(device => device.Value.IsActive).Select(device => (member.Account, device.Key)))];

    // What was heard before a restart: the relay is told those counters and never says them again, and an older one that it
    // replays must not pass for the newest. What counts no more goes.
    private void Recall()
    {
        if (_recalled)
        {
            return;
        }

        _recalled = true;
        var gone = new List<StoredAttestation>();
        foreach (var stored in core.Replica.Attestations.All().Where(stored => stored.Device != core.Account!.Device))
        {
            if (core.Groups.GetValueOrDefault(stored.Group) is not { State: { } state })
            {
                continue;
            }

            if (AttestationRules.Check(stored.Attestation, state) is { IsValid: true, Value: var said } && said.Device == stored.Device)
            {
                Keep(stored.Group, new Witness(said.Account, said.Device, said.Counter, said.GroupHead)
                {
                    HeardMs = stored.HeardMs,
                    SignedAfterMs = stored.SignedAfterMs,
                });
            }
            else
            {
                gone.Add(stored);
            }
        }

        if (gone.Count > 0)
        {
            core.Replica.Database.Transact("forget", () => gone.ForEach(stored => core.Replica.Attestations.Delete(stored.Group, stored.Device)));
        }
    }

    private void Keep(GroupId group, Witness witness)
    {
        if (!_heard.TryGetValue(group, out var devices))
        {
            _heard.Add(group, devices = []);
        }

        devices[witness.Device] = witness;
    }
}
