using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>One group in memory: its verified state, where it was read to, and what its freshness follows from.</summary>
internal sealed class FollowedGroup(GroupId id, TimeProvider time)
{
    public GroupId Id { get; } = id;

    public Follow Follow { get; set; }

    /// <summary>Where to read on.</summary>
    public ReadPoint From { get; set; } = ReadPoint.Start;

    /// <summary>For an asked membership: the commit that opened the invite must be in the chain.</summary>
    public EntryId? Floor { get; set; }

    /// <summary>For an asked membership: who invited.</summary>
    public AccountId? Opener { get; set; }

    /// <summary>The head that the personal group's record names: a device of this account verified it. Null: it names none.</summary>
    public ChainHead? Recorded { get; set; }

    /// <summary>
    /// The verified chain does not hold the recorded head, so this is an old world or another one (attack: a fresh device that is shown
    /// a group as it was): never fresh, and nothing is signed or sent.
    /// </summary>
    public bool IsBelowRecord => Recorded is { } head && !Contains(head);

    /// <summary>Why nothing is sent while the recorded head is not here.</summary>
    public Fault BelowRecord => new Fault(FaultCode.RelayBehind, "another device verified more").At(Id.Value, Recorded?.Seq ?? 0, null);

    /// <summary>The own commit after which the record was last looked at.</summary>
    public ChainHead? RecordLookedAt { get; set; }

    /// <summary>Null: nothing pulled yet.</summary>
    public VerifiedGroup? State { get; set; }

    /// <summary>Commit ids by position.</summary>
    public List<EntryId> Ids { get; } = [];

    /// <summary>Commits that carry a key for somebody: what an unlock learns group keys from.</summary>
    public List<VerifiedCommit> KeyCommits { get; } = [];

    /// <summary>Where the chain was last authenticated by this process.</summary>
    public ulong? MacSeq { get; set; }

    /// <summary>
    /// Signed and stored together with the edit that it carries; the loop sends it without looking first. Null once anything of this
    /// group is sent: what stands here was seen by nobody.
    /// </summary>
    public SignedCommit? Staged { get; set; }

    /// <summary>The own commit that was made last: where it comes back byte for byte, it was verified already.</summary>
    public VerifiedCommit? Own { get; set; }

    /// <summary>Set when commits were applied.</summary>
    public Signal Moved { get; } = new(time);

    /// <summary>Live item blobs that are not here.</summary>
    public HashSet<BlobHash> MissingBlobs { get; } = [];

    /// <summary>Items as opened while unlocked, by blob and epoch.</summary>
    public Dictionary<ItemId, (BlobHash Hash, ulong Epoch, Item Item)> Opened { get; } = [];

    /// <summary>How many items are listed, and how many are conflict copies.</summary>
    public ItemTally Tally { get; } = new();

    /// <summary>Live values that do not open or are not here, for which <see cref="Opened"/> holds the last good value.</summary>
    public Dictionary<ItemId, BlobHash> ShownInstead { get; } = [];

    /// <summary>Bytes of former values kept, as far as counted since start.</summary>
    public long FormerBytes { get; set; }

    /// <summary>At so many bytes former values are looked through again, whatever the time.</summary>
    public long FormerBytesSweep { get; set; }

    /// <summary>When former values are looked through next, on the boot clock.</summary>
    public TimeSpan SweepAt { get; set; }

    /// <summary>What went wrong last. Null: nothing since the last success.</summary>
    public Fault? Fault { get; set; }

    /// <summary>The current epoch's key is bad, by this client's judgement.</summary>
    public Fault? BadEpoch { get; set; }

    public bool Forked { get; set; }

    /// <summary>Of a fork a person keeps this device's side: pulled until the relay shows it.</summary>
    public bool KeepsMine { get; set; }

    /// <summary>Of a fork the relay keeps this device's side for its operator to pick: pulled until the relay shows it.</summary>
    public bool IsKeptThere { get; set; }

    /// <summary>Forked, with nothing to wait for but a person's choice: not pulled.</summary>
    public bool IsHalted => Forked && !KeepsMine && !IsKeptThere;

    /// <summary>The relay shows the side that is kept here, or this device took the relay's.</summary>
    public void EndFork() => (Forked, KeepsMine, IsKeptThere) = (false, false, false);

    /// <summary>The highest epoch of a branch that was given up: the next one is above it.</summary>
    public ulong EpochFloor { get; set; }

    /// <summary>What a branch that was given up said of people, until it is applied again or dropped.</summary>
    public List<LostChange> LostChanges { get; set; } = [];

    /// <summary>Somebody whom that branch removed is a member still: edits wait, or they would be sealed to them.</summary>
    public bool RemovalsWait => LostChanges.Exists(change => change.Role is null && State?.MemberOf(change.Account) is not null);

    public bool UpdateNeeded { get; set; }

    public bool Withheld { get; set; }

    public bool RelayBehind { get; set; }

    /// <summary>The newest proof of this process.</summary>
    public Proof? Proof { get; private set; }

    /// <summary>What was hinted since that was sent.</summary>
    public HintsSinceProof Hints { get; } = new();

    /// <summary>Something is known to be missing: the loop pulls.</summary>
    public bool WantsPull { get; set; }

    /// <summary>The relay does not name the group: the loop offers it back.</summary>
    public bool WantsRefill { get; set; }

    /// <summary>
    /// The relay's head, where it lost the commit that ended this account's membership: the loop gives that back, for nobody else may
    /// have read it.
    /// </summary>
    public ChainHead? LacksEndAfter { get; set; }

    /// <summary>The relay lacks blobs of it: the loop gives those that are here.</summary>
    public bool WantsGiving { get; set; }

    /// <summary>The relay shows another side of a fork: the loop brings it this one, which it keeps if it is in a recovery window.</summary>
    public bool WantsOffer { get; set; }

    /// <summary>When that is tried again at the earliest, on the boot clock.</summary>
    public TimeSpan OfferAt { get; set; }

    /// <summary>A join request may wait: the loop looks.</summary>
    public bool WantsJoins { get; set; }

    /// <summary>When the loop may try to send again, on the boot clock.</summary>
    public TimeSpan RetryAt { get; set; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    public ulong VerifiedSeq => State?.Head.Seq ?? 0;

    /// <summary>Whether a head lies on the verified chain.</summary>
    public bool Contains(ChainHead head) => head.Seq < (ulong)Ids.Count && Ids[(int)head.Seq] == head.Id;

    /// <summary>Whether the verified chain reaches a position: an own commit for it that is not in the chain can never stand.</summary>
    public bool IsPassed(ChainHead head) => State is not null && head.Seq <= VerifiedSeq;

    /// <summary>
    /// A live item as it was opened. Null: it was not. The same bytes under another epoch are another value, which opens for nobody
    /// (attack: what only this process can still read is taken for good, and its last good value dropped).
    /// </summary>
    public Item? OpenedAs(LiveItem live) =>
        Opened.TryGetValue(live.Id, out var opened) && opened.Hash == live.BlobHash && opened.Epoch == live.Epoch ? opened.Item : null;

    /// <summary>Takes a proof, unless a newer one is known. True when it confirms something that was hinted before any proof showed it.</summary>
    public bool Prove(Proof proof)
    {
        if (Proof is not null && proof.SentAt < Proof.SentAt)
        {
            return false;
        }

        var cameTrue = Hints.Any(Proof?.Head.Seq ?? 0, proof.Head.Seq);
        Proof = proof;
        Hints.Forget(proof.SentAt);
        return cameTrue;
    }

    /// <summary>Goes back to a state that the chain went through, in memory; returns how to undo that.</summary>
    public Action RewindTo(VerifiedGroup ancestor)
    {
        var (state, ids, keyCommits, own, mac, proof) = (State, Ids.ToList(), KeyCommits.ToList(), Own, MacSeq, Proof);
        var count = (int)ancestor.Head.Seq + 1;
        State = ancestor;
        Ids.RemoveRange(count, Ids.Count - count);
        KeyCommits.RemoveAll(commit => commit.Head.Seq > ancestor.Head.Seq);
        (Own, MacSeq, Staged, Proof) = (null, null, null, null);
        Opened.Clear();
        ShownInstead.Clear();
        return () =>
        {
            (State, Own, MacSeq, Proof) = (state, own, mac, proof);
            Ids.Clear();
            Ids.AddRange(ids);
            KeyCommits.Clear();
            KeyCommits.AddRange(keyCommits);
            Opened.Clear();
            ShownInstead.Clear();
        };
    }
}
