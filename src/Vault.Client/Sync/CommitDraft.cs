using System.Collections.Immutable;
using Vault.Client.Accounts;
using Vault.Client.Replicas;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Crypto;
using Vault.Crypto.Groups;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// A commit in the making on one head. Changes of people go in first; then <see cref="OpenKey"/> settles which key everything
/// boxed in this commit is under, starting an epoch when one is due; then what is boxed.
/// </summary>
internal sealed class CommitDraft
{
    private readonly Keyring _keys;
    private readonly IRandomSource _random;
    private readonly SortedDictionary<AccountId, MovedAnchor> _moved;
    private GroupKey? _started;

    public CommitDraft(
        VerifiedGroup before, OwnAccount account, Keyring keys, SortedDictionary<AccountId, MovedAnchor> moved, IRandomSource random)
    {
        Before = before;
        _keys = keys;
        _random = random;
        _moved = moved;
        var me = before.MemberOf(account.Id) ?? throw VaultException.OwnVerdict(new Core.Fault(FaultCode.NotAMember).At(before.Id.Value, before.Head.Seq, null));
        Me = me;
        Body = CommitSigner.Start(before, AnchorOf(me), account.Device);
        foreach (var (id, anchor) in moved)
        {
            var reAnchor = new ReAnchor { Account = id.ToByteString() };
            reAnchor.Entries.Add(anchor.Entries);
            Body.ReAnchors.Add(reAnchor);
        }
    }

    public VerifiedGroup Before { get; }

    /// <summary>The author in the state before.</summary>
    public Member Me { get; }

    public GroupBody Body { get; }

    /// <summary>Blobs that the puts name.</summary>
    public List<byte[]> Blobs { get; } = [];

    /// <summary>Edits that this commit carries.</summary>
    public List<OperationId> Ops { get; } = [];

    /// <summary>The current epoch is bad by this client's judgement, so the next thing boxed starts another.</summary>
    public bool IsEpochBad { get; init; }

    /// <summary>An epoch that this commit's must be above when it starts one; it does while the group's is below.</summary>
    public ulong EpochFloor { get; init; }

    /// <summary>Accounts added, with their verified chains.</summary>
    public List<VerifiedAccount> Added { get; } = [];

    /// <summary>The epoch after this commit. 0 before <see cref="OpenKey"/>.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The key of that epoch.</summary>
    public GroupKey Key { get; private set; } = null!;

    /// <summary>Whether anything boxed needs a new epoch in this commit, whatever else it does.</summary>
    public static bool IsRotationDue(VerifiedGroup state, EpochKeys keys, IEnumerable<(Member Member, MovedAnchor Moved)> moved) =>
        state.Epoch == 0
        || state.RotationDue
        || keys.KeyOf(state.Epoch) is null
        || moved.Any(pair => Rotates(pair.Member.Anchor, pair.Moved.Anchor));

    /// <summary>Settles epoch and key. Call after removes and adds, before anything is boxed.</summary>
    public void OpenKey(bool startEpoch)
    {
        var known = _keys.Of(Before.Id);
        var due = IsRotationDue(Before, known, _moved.Select(pair => (Before.Members[pair.Key], pair.Value)));
        if (!startEpoch && !due && !IsEpochBad && Body.Removes.Count == 0 && Before.Epoch >= EpochFloor)
        {
            Epoch = Before.Epoch;
            Key = known.KeyOf(Epoch)!;
            return;
        }

        Epoch = Math.Min(Math.Max(Before.Epoch, EpochFloor) + 1, Before.Epoch + Core.Limits.EpochStepMax);
        var (epoch, key) = EpochStart.Build(Before.Id, Epoch, Me.Account, RosterAfter(), known, _random);
        Body.Epoch = epoch;
        Key = _started = key;
        foreach (var add in Body.Adds)
        {
            add.Seal = null;
        }
    }

    /// <summary>Adds a member, sealing the current key to them unless this commit starts an epoch.</summary>
    public void Add(VerifiedAccount account, IEnumerable<SignedEntry> entries, Role role, InviteProof? proof)
    {
        var add = new AddMember { Account = account.Id.ToByteString(), Role = role, Proof = proof };
        add.AccountEntries.Add(entries);
        Added.Add(account);
        Body.Adds.Add(add);
    }

    /// <summary>Seals the current key to those added. Call after <see cref="OpenKey"/>.</summary>
    public void SealToAdded()
    {
        foreach (var (add, account) in Body.Adds.Zip(Added))
        {
            add.Seal = Body.Epoch is null ? EpochStart.SealFor(Key, Before.Id, Epoch, Me.Account, account, _random) : null;
        }
    }

    /// <summary>The author's time, and names of those added, for the log of members.</summary>
    public void Note(long timeMs, params ReadOnlySpan<MemberName> names)
    {
        var note = new Note { TimeMs = timeMs };
        foreach (var name in names)
        {
            note.Names.Add(name);
        }

        Body.Note = BoxedFields.SealNote(Key, Before.Id, Epoch, note, _random);
    }

    /// <summary>Where the puts and the edits that they carry stand.</summary>
    public DraftMark Mark() => new(Body.Puts.Count + Body.Deletes.Count, Body.Puts.Count, Blobs.Count, Ops.Count);

    /// <summary>Takes back puts since a mark.</summary>
    public void BackTo(DraftMark mark)
    {
        while (Body.Puts.Count > mark.Puts)
        {
            Body.Puts.RemoveAt(Body.Puts.Count - 1);
        }

        Blobs.RemoveRange(mark.Blobs, Blobs.Count - mark.Blobs);
        Ops.RemoveRange(mark.Ops, Ops.Count - mark.Ops);
    }

    /// <summary>Brings every list into its canonical order, and signs.</summary>
    public SignedEntry Sign()
    {
        Sort(Body.Removes, remove => remove.Account);
        Sort(Body.Roles, role => role.Account);
        Sort(Body.CloseInvites, close => close.Invite);
        Sort(Body.OpenInvites, open => open.InviteKey);
        Sort(Body.Adds, add => add.Account);
        Sort(Body.Deletes, delete => delete.Item);
        Sort(Body.Puts, put => put.Item);
        return CommitSigner.Sign(Body, _keys.Device);
    }

    /// <summary>Lets go of a key that this draft started; the chain gives it back once the commit stands.</summary>
    public void Wipe() => _started?.Dispose();

    private static bool Rotates(VerifiedAccount from, VerifiedAccount to) =>
        from.SealingKeyId != to.SealingKeyId
        || to.Devices.Values.Any(device =>
            device.Status == DeviceStatus.Revoked && from.Devices.GetValueOrDefault(device.Id)?.Status != DeviceStatus.Revoked);

    private static void Sort<T>(Google.Protobuf.Collections.RepeatedField<T> list, Func<T, Google.Protobuf.ByteString> key)
    {
        var sorted = list.ToImmutableArray().Sort((a, b) => key(a).Span.SequenceCompareTo(key(b).Span));
        list.Clear();
        list.Add(sorted);
    }

    private VerifiedAccount AnchorOf(Member member) => _moved.GetValueOrDefault(member.Account)?.Anchor ?? member.Anchor;

    private IEnumerable<VerifiedAccount> RosterAfter()
    {
        var removed = Body.Removes.Select(remove => AccountId.Parse(remove.Account.Span)).ToHashSet();
        return Before.Members.Values.Where(member => !removed.Contains(member.Account)).Select(AnchorOf).Concat(Added);
    }
}

/// <summary>A place in a draft to go back to.</summary>
internal readonly record struct DraftMark(int Changes, int Puts, int Blobs, int Ops);
