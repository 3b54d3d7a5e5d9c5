using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Limits whose vectors would be megabytes of hex.</summary>
public sealed class LargeRuleTests
{
    [Fact]
    public void Rule_101_a_body_may_have_a_mebibyte_and_no_byte_more()
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        var exact = group.Commit(ann, b => Fill(b, Limits.BodyBytes));
        Assert.Equal(Limits.BodyBytes, exact.Body.Length);
        // Of the right size it is read, and refused for what it says; a byte longer it is not read at all.
        Assert.Equal(FaultCode.BadField, GroupRules.Extend(group.State, exact).Fault.Code);
        Assert.Equal(FaultCode.TooLarge, GroupRules.Extend(group.State, group.Commit(ann, b => Fill(b, Limits.BodyBytes + 1))).Fault.Code);
        var body = ByteString.CopyFrom(new byte[Limits.BodyBytes + 1]);
        Assert.Equal(FaultCode.TooLarge, AccountRules.Extend(ann.State, new SignedEntry { Body = body }).Fault.Code);
        Assert.Equal(FaultCode.TooLarge, AccountRules.Found(new SignedEntry { Body = body }).Fault.Code);
        Assert.Equal(FaultCode.TooLarge, GroupRules.Found(new SignedEntry { Body = body }).Fault.Code);

        static void Fill(GroupBody body, int size)
        {
            body.Note = new Boxed { Epoch = 1 };
            body.Note.Box = ByteString.CopyFrom(new byte[size - 100]);
            body.Note.Box = ByteString.CopyFrom(new byte[size - 100 + (size - body.CalculateSize())]);
        }
    }

    [Fact]
    public void Rule_334_a_group_takes_500_members_and_no_501st()
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        TestPerson[] crowd = [.. Enumerable.Range(0, Limits.GroupMembers).Select(i => TestPerson.Named($"crowd-{i}"))];
        foreach (var chunk in crowd.Take(Limits.GroupMembers - 1).Chunk(Limits.CommitAdds))
        {
            group.Accept(ann, b => Add(b, chunk));
        }

        Assert.Equal(Limits.GroupMembers, group.State.Members.Count);
        Assert.Equal(FaultCode.TooManyMembers, Refused(group.Commit(ann, b => Add(b, crowd[^1..]))));
        // The count is taken after the adds, so one may go and one come; and an epoch for 500 fits a commit.
        group.Accept(ann, b =>
        {
            b.Removes.Add(Parts.Remove(crowd[0]));
            Add(b, crowd[^1..]);
            b.Adds[0].Seal = null;
            b.Epoch = group.NextEpoch([ann, .. crowd[1..]]);
        });
        Assert.Equal(Limits.GroupMembers, group.State.Members.Count);
        Assert.Equal(group.State.StateHash(), GroupRules.Verify(group.Commits).Value.StateHash());
        Assert.Equal(FaultCode.TooManyMembers, Refused(group.Commit(ann, b => Add(b, crowd[..1]))));

        FaultCode Refused(SignedEntry commit) => GroupRules.Extend(group.State, commit).Fault.Code;
        static void Add(GroupBody body, IEnumerable<TestPerson> people) =>
            body.Adds.Add(people.OrderBy(p => p.Id).Select(p => Parts.Add(p, Role.Viewer)));
    }

    [Fact]
    public void Rule_337_a_group_takes_200000_items_and_no_more()
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        var made = 0;
        while (made < Limits.GroupItems)
        {
            var count = Math.Min(Limits.CommitChanges, Limits.GroupItems - made);
            group.Accept(ann, b => b.Puts.Add(Enumerable.Range(made, count).Select(New)));
            made += count;
        }

        Assert.Equal(Limits.GroupItems, group.State.Items.Count);
        Assert.Equal(FaultCode.TooManyItems, Refused(b => b.Puts.Add(New(made))));
        var edit = New(7);
        edit.Replaces = edit.BlobHash;
        group.Accept(ann, b => b.Puts.Add(edit));
        group.Accept(ann, b =>
        {
            b.Deletes.Add(new DeleteItem { Item = New(0).Item, Replaces = New(0).BlobHash, OpId = New(0).OpId });
            b.Puts.Add(New(made));
        });
        Assert.Equal(FaultCode.TooManyItems, Refused(b => b.Puts.Add(New(made + 1))));

        FaultCode Refused(Action<GroupBody> change) => GroupRules.Extend(group.State, group.Commit(ann, change)).Fault.Code;
    }

    [Fact]
    public void Fault_425_a_file_of_evidence_may_have_64_mebibytes_and_no_byte_more()
    {
        var file = Convert.FromHexString(EvidenceVectors.All()[0].File);
        Assert.True(ForkProof.Verify(Filled(Limits.EvidenceBytes)).IsValid);
        Assert.Equal(FaultCode.BadEvidence, ForkProof.Verify(Filled(Limits.EvidenceBytes + 1)).Fault.Code);

        // An unknown field fills it up, so nothing but its size is wrong with it: two bytes of tag, four of length, zeros.
        byte[] Filled(int size)
        {
            var zeros = size - file.Length - 6;
            byte[] head = [.. file, 0x9a, 0x06, Seven(0, 0x80), Seven(7, 0x80), Seven(14, 0x80), Seven(21, 0)];
            return [.. head, .. new byte[zeros]];

            byte Seven(int shift, int more) => (byte)(((zeros >> shift) & 0x7f) | more);
        }
    }

    private static readonly ByteString s_blob = Filler.Hash("blob");
    private static readonly ByteString s_op = Filler.Bytes("op", Limits.OperationIdBytes);

    // Ascending with the number, so that a commit of consecutive ones is in order.
    private static PutItem New(int number)
    {
        var id = new byte[Limits.ItemIdBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(id, number);
        return new PutItem { Item = ByteString.CopyFrom(id), Epoch = 1, BlobHash = s_blob, BlobSize = Limits.BlobBytesMin, OpId = s_op };
    }
}
