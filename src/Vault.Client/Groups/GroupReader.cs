using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Groups;
using Vault.Protocol.V1;

namespace Vault.Client.Groups;

/// <summary>Groups as people see them: names opened where there are keys, status evaluated now.</summary>
internal sealed class GroupReader(ClientCore core, ItemEditor editor, PersonalRecords records, Witnesses witnesses)
{
    public GroupView View(FollowedGroup group)
    {
        var state = group.State!;
        var info = Info(group);
        var label = core.Keys is null ? "" : records.Groups().FirstOrDefault(record => record.Group == group.Id.ToByteString())?.Label ?? "";
        return new GroupView
        {
            Id = group.Id,
            Name = label.Length > 0 ? label : info?.Name ?? "",
            Description = info?.Description ?? "",
            Kind = state.Kind,
            Role = state.MemberOf(core.Account!.Id)?.Role ?? Role.Unspecified,
            Status = Status(group),
            Epoch = state.Epoch,
            RotationDue = state.RotationDue,
            Members = state.Members.Count,
            Items = core.Keys is null ? state.Items.Count : editor.Count(group).Listed,
            OpenInvites = state.Invites.Count,
        };
    }

    public GroupStatus Status(FollowedGroup group)
    {
        var edits = core.Replica.Outbox.Of(group.Id);
        var waiting = new OutboxWatch(core).Of(group);
        var proof = group.Proof;
        var facts = new FreshnessFacts
        {
            Forked = group.Forked,
            HasEnded = group.Follow == Follow.Over,
            UpdateNeeded = group.UpdateNeeded,
            Withheld = group.Withheld,
            RelayBehind = group.RelayBehind,
            Offline = core.LinkFailure is { IsOffline: true },
            Proof = proof,
            CoversProof = proof is not null && group.Contains(proof.Head),
            IsBelowRecord = group.IsBelowRecord,
            IsBeforeOwnAdd = IsBeforeOwnAdd(group),
            VerifiedSeq = group.VerifiedSeq,
            HighestHintedSeq = group.Hints.Highest,
            MissingBlobs = group.MissingBlobs.Count,
            NotificationsFailing = core.NotificationsFailing,
            BeatAge = core.LastBeat is { } beat ? core.BootNow - beat : null,
            BootNow = core.BootNow,
            SkewNow = core.Skew,
            Bound = core.Options.FreshnessBound,
            BeatBound = core.Options.BeatBound,
        };
        return new GroupStatus
        {
            State = Freshness.Of(facts),
            // A forked group was proven at another head than the one that is shown.
            ProofAge = proof is null || group.Forked ? null : core.BootNow - proof.SentAt,
            VerifiedSeq = group.VerifiedSeq,
            KnownSeq = KnownSeq(group),
            MissingBlobs = group.MissingBlobs.Count,
            Pending = edits.Count(edit => !edit.Quarantined),
            OldestPending = waiting.Oldest,
            IsStuck = waiting.IsStuck,
            Quarantined = edits.Count(edit => edit.Quarantined),
            Conflicts = core.Keys is null || group.State is null ? 0 : editor.Count(group).Conflicts,
            Disputed = witnesses.Of(group).Disputed,
            Fault = group.Fault ?? (group is { RelayBehind: true, IsBelowRecord: true } ? group.BelowRecord : null) ?? (group.RemovalsWait ? new Core.Fault(FaultCode.RemovalsWait).At(group.Id.Value, group.VerifiedSeq, null) : null) ?? group.BadEpoch ?? core.AccountFault ?? core.ServedAccountFault ?? core.DiskFault,
        };
    }

    /// <summary>How far the devices of a group agree.</summary>
    public GroupConvergence Convergence(FollowedGroup group) => witnesses.Of(group);

    // Who asks to join again is served the chain up to the end of the former membership: that head is proven, and nobody is current by it.
    private bool IsBeforeOwnAdd(FollowedGroup group) =>
        group.State is { } state && core.Account!.Id is var self && state.MemberOf(self) is null
        && group.Follow switch
        {
            Follow.Asked => true,
            Follow.Accepted => !state.FormerMembers.ContainsKey(self),
            _ => false,
        };

    // The newest position that a proof, a hint or another device's record named.
    private static ulong? KnownSeq(FollowedGroup group) =>
        new[] { group.Proof?.Head.Seq, group.Hints.Highest == 0 ? null : group.Hints.Highest, group.IsBelowRecord ? group.Recorded?.Seq : null }.Max();

    public IReadOnlyList<MemberView> Members(FollowedGroup group)
    {
        var names = Names(group);
        var pins = core.Keys is null ? [] : records.Pins();
        return [.. group.State!.Members.Values.Select(member =>
        {
            var pin = pins.FirstOrDefault(pin => pin.Account == member.Account.ToByteString());
            return new MemberView(
                member.Account,
                pin is { Name.Length: > 0 } ? pin.Name : names.GetValueOrDefault(member.Account, ""),
                member.Role,
                member.Account == core.Account!.Id,
                pin?.Origin,
                member.Anchor.Devices.Values.Count(device => device.IsActive));
        })];
    }

    /// <summary>Names from the notes of the commits that founded the group and added people; later ones win.</summary>
    public Dictionary<AccountId, string> Names(FollowedGroup group)
    {
        var names = new Dictionary<AccountId, string>();
        foreach (var commit in group.KeyCommits)
        {
            foreach (var name in Note(group, commit.Body)?.Names ?? [])
            {
                // Nobody is named by a stranger: a founder names themself, and whoever adds somebody names them.
                if (AccountId.TryParse(name.Account, out var account)
                    && (account == commit.Author || commit.Body.Adds.Any(add => add.Account == name.Account)))
                {
                    names[account] = name.Name;
                }
            }
        }

        return names;
    }

    public Note? Note(FollowedGroup group, GroupBody body) =>
        body.Note is { } boxed && core.Keys?.Of(group.Id).KeyOf(boxed.Epoch) is { } key ? BoxedFields.OpenNote(key, group.Id, boxed) : null;

    public InviteTerms? Terms(FollowedGroup group, OpenInviteRecord invite) =>
        core.Keys?.Of(group.Id).KeyOf(invite.Terms.Epoch) is { } key ? BoxedFields.OpenTerms(key, group.Id, invite.Id, invite.Terms) : null;

    private GroupInfoPlain? Info(FollowedGroup group) =>
        group.State?.Info is { } boxed && core.Keys?.Of(group.Id).KeyOf(boxed.Epoch) is { } key ? BoxedFields.OpenInfo(key, group.Id, boxed) : null;
}
