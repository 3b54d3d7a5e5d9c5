using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Kit;

/// <summary>The parts that commits are made of. What the rules never open is filler of the right size.</summary>
internal static class Parts
{
    public static Boxed Boxed(ulong epoch, string name = "boxed", int size = Limits.BlobBytesMin) =>
        new() { Epoch = epoch, Box = Filler.Bytes("box/" + name, size) };

    public static GroupInfo Info(ulong epoch, string name = "info") => new() { Info = Boxed(epoch, name) };

    public static Seal Seal(VerifiedAccount to, string name) => new()
    {
        Account = to.Id.ToByteString(),
        KeyId = to.SealingKeyId.ToByteString(),
        Sealed = Filler.Bytes($"seal/{name}", Limits.SealedKeyBytes),
    };

    public static Epoch Epoch(ulong number, IEnumerable<VerifiedAccount> members, params ulong[] wraps)
    {
        var epoch = new Epoch { Number = number, Commitment = Filler.Hash($"commitment/{number}") };
        epoch.Seals.Add(members.OrderBy(member => member.Id).Select(member => Seal(member, $"{number}")));
        epoch.Wraps.Add(wraps.Select(wrap => new EpochWrap { Epoch = wrap, Box = Filler.Bytes($"wrap/{wrap}/{number}", Limits.EpochWrapBytes) }));
        return epoch;
    }

    public static ByteString Item(string name) => Filler.Bytes("item/" + name, Limits.ItemIdBytes);

    public static PutItem Put(string item, ulong epoch, string blob = "first", ByteString? replaces = null) => new()
    {
        Item = Item(item),
        Epoch = epoch,
        BlobHash = Filler.Hash($"blob/{item}/{blob}"),
        BlobSize = Limits.BlobBytesMin,
        Replaces = replaces ?? ByteString.Empty,
        OpId = Filler.Bytes($"op/{item}/{blob}", Limits.OperationIdBytes),
    };

    public static ByteString Blob(string item, string blob = "first") => Filler.Hash($"blob/{item}/{blob}");

    public static DeleteItem Delete(string item, string blob = "first") => new()
    {
        Item = Item(item),
        Replaces = Blob(item, blob),
        OpId = Filler.Bytes($"op/delete/{item}", Limits.OperationIdBytes),
    };

    public static ReAnchor ReAnchor(VerifiedAccount anchor, TestPerson person) =>
        ReAnchor(person.Id, person.Entries.Skip((int)anchor.Head.Seq + 1));

    public static ReAnchor ReAnchor(AccountId account, IEnumerable<SignedEntry> entries)
    {
        var reAnchor = new ReAnchor { Account = account.ToByteString() };
        reAnchor.Entries.Add(entries.Select(entry => entry.Clone()));
        return reAnchor;
    }

    public static RemoveMember Remove(TestPerson person) => new() { Account = person.Id.ToByteString() };

    public static ChangeRole Role(TestPerson person, Role role) => new() { Account = person.Id.ToByteString(), Role = role };

    public static TestKey InviteKey(string name) => TestKey.Named("invite/" + name);

    public static InviteId Invite(string name) => KeyIds.OfInvite(InviteKey(name).Public.Span);

    public static OpenInvite Open(string name, Role role, ulong epoch) => new()
    {
        InviteKey = InviteKey(name).Public,
        Role = role,
        Terms = Boxed(epoch, "terms/" + name),
    };

    public static CloseInvite Close(string name) => new() { Invite = Invite(name).ToByteString() };

    public static AddMember Add(TestPerson person, Role role, bool sealedHere = true)
    {
        var add = new AddMember { Account = person.Id.ToByteString(), Role = role };
        add.AccountEntries.Add(person.Entries.Select(entry => entry.Clone()));
        if (sealedHere)
        {
            add.Seal = Seal(person.State, "add");
        }

        return add;
    }

    public static JoinBody Join(VerifiedGroup group, InviteId invite, TestPerson joiner) => new()
    {
        Version = 1,
        Group = group.Id.ToByteString(),
        Invite = invite.ToByteString(),
        InviteCommit = group.Invites[invite].Opened.Id.ToByteString(),
        Account = joiner.Id.ToByteString(),
        Device = joiner.Devices[0].ToByteString(),
        Head = joiner.State.Head.ToAccountHead(),
        SealedNameHash = Filler.Hash("sealed-name"),
    };

    public static InviteProof Proof(JoinBody join, TestKey invite, TestKey device) => Proof(join.ToByteString(), invite, device);

    public static InviteProof Proof(ByteString join, TestKey invite, TestKey device) => new()
    {
        Body = join,
        InviteSignature = invite.Sign(Purpose.SignJoinByInvite, join),
        DeviceSignature = device.Sign(Purpose.SignJoinByDevice, join),
    };
}
