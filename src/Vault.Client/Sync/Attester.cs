using Vault.Core;
using Vault.Core.Attestations;
using Vault.Core.Ids;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Says what this device has verified, and keeps what others say. It only warns: a newer or another head than the one served
/// marks a group as disputed, and changes nothing else.
/// </summary>
internal sealed class Attester(ClientCore core)
{
    // What a relay takes with one poll. With more of either every poll would be refused, and nothing be fresh (attack: an admin of one
    // group seats accounts with many devices, and stops a member's other groups).
    private const int SaidPerPoll = 256;
    private const int KnownPerPoll = 4_096;

    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Dictionary<GroupId, (ulong Counter, ChainHead Head, TimeSpan At)> _said = [];
    private readonly Dictionary<(GroupId Group, DeviceId Device), VerifiedAttestation> _heard = [];
    private bool _recalled;
    private int _knownFrom;

    /// <summary>Attestations that are due: the head moved, and the last one is a minute old. As many as one poll carries; the rest goes with the next.</summary>
    public List<Attestation> Due()
    {
        var account = core.RequireAccount();
        var due = new List<Attestation>();
        foreach (var group in core.Groups.Values)
        {
            if (group.State is not { } state || state.MemberOf(account.Id)?.Anchor.IsAuthorised(account.Device) != true || group.Forked)
            {
                continue;
            }

            var before = _said.TryGetValue(group.Id, out var said) ? said : Recall(group.Id);
            if (before.Counter > 0 && (before.Head == state.Head || core.BootNow - before.At < Between))
            {
                continue;
            }

            due.Add(Attest(group, state.Head, before.Counter + 1));
            if (due.Count == SaidPerPoll)
            {
                break;
            }
        }

        return due;
    }

    /// <summary>Own statements were taken by the relay.</summary>
    public void Said(IReadOnlyList<Attestation> attestations)
    {
        core.Replica.Database.Transact("attested", () =>
        {
            foreach (var attestation in attestations)
            {
                var body = AttestationBody.Parser.ParseFrom(attestation.Body);
                var group = GroupId.Parse(body.Group.Span);
                core.Replica.Attestations.Write(group, core.Account!.Device, body.Counter, attestation);
                _ = ChainHead.TryParse(body.GroupHead, out var head);
                _said[group] = (body.Counter, head, core.BootNow);
            }
        });
    }

    /// <summary>The newest counters known of each device of each group. Where one poll does not carry them all, each has its turn.</summary>
    public IEnumerable<KnownAttestation> Known()
    {
        var all = core.Replica.Attestations.All();
        var from = all.Count > KnownPerPoll ? _knownFrom % all.Count : 0;
        _knownFrom = from + KnownPerPoll;
        return all.Skip(from).Concat(all.Take(from)).Take(KnownPerPoll).Select(known => new KnownAttestation
        {
            Group = known.Group.ToByteString(),
            Device = known.Device.ToByteString(),
            Counter = known.Counter,
        });
    }

    /// <summary>Keeps an attestation if it counts, and judges its group by it.</summary>
    public void Hear(Attestation attestation)
    {
        if (!Canonical.TryParse(AttestationBody.Parser, attestation.Body, out var body) || !GroupId.TryParse(body.Group, out var id)
            || core.Groups.GetValueOrDefault(id) is not { State: { } state } group)
        {
            return;
        }

        var verdict = AttestationRules.Check(attestation, state);
        if (!verdict.IsValid || verdict.Value.Device == core.Account!.Device)
        {
            return;
        }

        var heard = verdict.Value;
        RecallHeard();
        if (_heard.TryGetValue((id, heard.Device), out var before) && before.Counter >= heard.Counter)
        {
            return;
        }

        _heard[(id, heard.Device)] = heard;
        core.Replica.Database.Transact("attestation", () => core.Replica.Attestations.Write(id, heard.Device, heard.Counter, attestation));
        Judge(group);
    }

    /// <summary>
    /// Disputed: somebody verified another commit at a position that is verified here, or a position that neither this replica nor
    /// the relay's newest proof has reached.
    /// </summary>
    public void Judge(FollowedGroup group)
    {
        RecallHeard();
        group.Disputed = _heard.Any(entry =>
            entry.Key.Group == group.Id
            && (entry.Value.GroupHead.Seq <= group.VerifiedSeq
                ? !group.Contains(entry.Value.GroupHead)
                : entry.Value.GroupHead.Seq > Math.Max(group.Proof?.Head.Seq ?? 0, group.Hints.Highest)));
    }

    // What was heard before a restart: the relay is told those counters and never says them again, and an older one that it
    // replays must not pass for the newest.
    private void RecallHeard()
    {
        if (_recalled)
        {
            return;
        }

        _recalled = true;
        foreach (var (id, device, _, attestation) in core.Replica.Attestations.All())
        {
            if (device != core.Account!.Device && core.Groups.GetValueOrDefault(id) is { State: { } state }
                && AttestationRules.Check(attestation, state) is { IsValid: true, Value: var heard })
            {
                _heard.TryAdd((id, device), heard);
            }
        }
    }

    private (ulong Counter, ChainHead Head, TimeSpan At) Recall(GroupId group)
    {
        var mine = core.Replica.Attestations.All().FirstOrDefault(known => known.Group == group && known.Device == core.Account!.Device);
        if (mine.Attestation is null || !Canonical.TryParse(AttestationBody.Parser, mine.Attestation.Body, out var body))
        {
            // What cannot be read any more is said again, with the next counter: a lower one would be heard by nobody.
            return (core.Replica.Attestations.CounterOf(group, core.Account!.Device), default, core.BootNow - Between);
        }

        _ = ChainHead.TryParse(body.GroupHead, out var head);
        return (mine.Counter, head, core.BootNow - Between);
    }

    private Attestation Attest(FollowedGroup group, ChainHead head, ulong counter)
    {
        RecallHeard();
        var account = core.Account!;
        var body = new AttestationBody
        {
            Version = 1,
            Group = group.Id.ToByteString(),
            Account = account.Id.ToByteString(),
            Device = account.Device.ToByteString(),
            Counter = counter,
            AccountHead = account.State.Head.ToAccountHead(),
            GroupHead = head.ToGroupHead(),
            BadEpoch = group.BadEpoch is null ? 0 : group.State!.Epoch,
        };
        foreach (var (key, heard) in _heard.Where(entry => entry.Key.Group == group.Id).OrderBy(entry => entry.Key.Device).Take(Limits.AttestationEchoes))
        {
            body.Echoes.Add(new AttestationEcho { Device = key.Device.ToByteString(), Counter = heard.Counter });
        }

        return SignedProofs.Attest(body, account.SyncKey);
    }
}
