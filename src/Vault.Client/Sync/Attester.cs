using System.Buffers.Binary;
using Vault.Client.Replicas;
using Vault.Core;
using Vault.Core.Attestations;
using Vault.Core.Ids;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Says what this device has verified, and keeps what others say. It speaks when its head moved, once more when others said
/// something at that head that it did not echo yet, and at rest every ten minutes or, in a group of many devices, more seldom; never
/// twice in a minute.
/// </summary>
internal sealed class Attester(ClientCore core, Witnesses witnesses)
{
    /// <summary>The relay takes so many in one poll.</summary>
    private const int MostAtOnce = 256;

    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AtRest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<GroupId, Statement> _said = [];

    /// <summary>Attestations that are due, and those that the relay has not taken yet: the same bytes again.</summary>
    public List<Attestation> Due()
    {
        var account = core.RequireAccount();
        var due = new List<Attestation>();
        var fresh = new List<StoredAttestation>();
        foreach (var group in core.Groups.Values.Where(group => MaySpeak(group, account)).TakeWhile(_ => due.Count < MostAtOnce))
        {
            var said = _said.GetValueOrDefault(group.Id);
            if (said is null || IsDue(group, said))
            {
                var next = Say(group, said);
                _said[group.Id] = next;
                fresh.Add(new StoredAttestation(group.Id, account.Device, next.Counter, next.Attestation, core.WallMs, 0));
                due.Add(next.Attestation);
            }
            else if (!said.IsTaken)
            {
                due.Add(said.Attestation);
            }
        }

        // Before any leaves: after a crash no counter may stand for two moments.
        if (fresh.Count > 0)
        {
            core.Replica.Database.Transact("attesting", () => fresh.ForEach(core.Replica.Attestations.Write));
        }

        return due;
    }

    /// <summary>Own statements were taken by the relay.</summary>
    public void Said(IReadOnlyList<Attestation> attestations)
    {
        foreach (var (group, said) in _said.Where(entry => attestations.Contains(entry.Value.Attestation)).ToList())
        {
            _said[group] = said with { IsTaken = true };
        }
    }

    /// <summary>The relay lost the group, or a part of it, and so perhaps what was said to it: it is told again once it has the group.</summary>
    public void SayAgain(GroupId group)
    {
        if (_said.TryGetValue(group, out var said))
        {
            _said[group] = said with { IsTaken = false };
        }
    }

    /// <summary>Keeps an attestation if it counts.</summary>
    /// <param name="attestation">As received.</param>
    /// <param name="at">When it came on the stream; for one in the answer to a poll, when the poll was sent.</param>
    public void Hear(Attestation attestation, TimeSpan at)
    {
        if (Canonical.TryParse(AttestationBody.Parser, attestation.Body, out var body) && GroupId.TryParse(body.Group, out var id)
            && core.Groups.GetValueOrDefault(id) is { State: { } state }
            && AttestationRules.Check(attestation, state) is { IsValid: true, Value: var said })
        {
            witnesses.Hear(id, said, at);
        }
    }

    /// <summary>How long a device is silent at rest: however large a group is, all its devices together say about one thing a minute.</summary>
    public static TimeSpan RestOf(int devices) => Between * devices > AtRest ? Between * devices : AtRest;

    private static bool MaySpeak(FollowedGroup group, Accounts.OwnAccount account) =>
        group is { Forked: false, Withheld: false, RelayBehind: false, State: { } state }
        && state.MemberOf(account.Id)?.Anchor.IsAuthorised(account.Device) == true;

    private bool IsDue(FollowedGroup group, Statement said)
    {
        var since = core.BootNow - said.At;
        return since >= Between
            && (said.Head != group.State!.Head || (said.Times < 2 && Lacks(group, said)) || since >= RestOf(Witnesses.Roster(group.State).Count));
    }

    // Somebody at the same head said something that the own newest statement does not echo, so nobody can prove an age by it yet.
    private bool Lacks(FollowedGroup group, Statement said) =>
        witnesses.Of(group.Id).Values.Any(witness => witness.Head == said.Head && said.Echoed.GetValueOrDefault(witness.Device) != witness.Counter);

    private Statement Say(FollowedGroup group, Statement? before)
    {
        var account = core.Account!;
        var head = group.State!.Head;
        var counter = before is null ? FirstCounter(group.Id) : before.Counter + 1;
        var roster = Witnesses.Roster(group.State).ToHashSet();
        var echoed = witnesses.Of(group.Id).Values
            .Where(witness => roster.Contains((witness.Account, witness.Device)))
            .OrderByDescending(witness => witness.HeardAt ?? TimeSpan.MinValue).ThenBy(witness => witness.Device)
            .Take(Limits.AttestationEchoes)
            .ToDictionary(witness => witness.Device, witness => witness.Counter);
        var body = new AttestationBody
        {
            Version = 1,
            Group = group.Id.ToByteString(),
            Account = account.Id.ToByteString(),
            Device = account.Device.ToByteString(),
            Counter = counter,
            AccountHead = account.State.Head.ToAccountHead(),
            GroupHead = head.ToGroupHead(),
            BadEpoch = group.BadEpoch is null ? 0 : group.State.Epoch,
        };
        body.Echoes.Add(echoed.OrderBy(echo => echo.Key).Select(echo => new AttestationEcho { Device = echo.Key.ToByteString(), Counter = echo.Value }));
        witnesses.OwnOf(group.Id).Say(counter, core.BootNow);
        return new Statement(SignedProofs.Attest(body, account.SyncKey), counter, head, core.BootNow, echoed, before?.Head == head ? before.Times + 1 : 1);
    }

    // A home that was put back from a copy must not say a counter twice: an old echo of it would make an old agreement look young. So
    // each process begins a random stretch further on; 2^40 of them fit no more than 2^23 starts.
    private ulong FirstCounter(GroupId group)
    {
        Span<byte> stretch = stackalloc byte[8];
        core.Seams.Random.Fill(stretch[..5]);
        stretch[5..].Clear();
        var before = core.Replica.Attestations.CounterOf(group, core.Account!.Device);
        return before + 1 + BinaryPrimitives.ReadUInt64LittleEndian(stretch);
    }

    /// <summary>What was said last by this process for a group.</summary>
    /// <param name="Times">How often at this head.</param>
    private sealed record Statement(
        Attestation Attestation, ulong Counter, ChainHead Head, TimeSpan At, IReadOnlyDictionary<DeviceId, ulong> Echoed, int Times)
    {
        public bool IsTaken { get; init; }
    }
}
