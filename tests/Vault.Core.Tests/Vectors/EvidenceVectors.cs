using Google.Protobuf;
using Vault.Core.Chains;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>A fork that Ann and Bea signed, as the file that shows it, and the same file spoilt in one way each.</summary>
internal static class EvidenceVectors
{
    private const int BadEvidence = 425;

    public static IReadOnlyList<EvidenceVector> All()
    {
        var (ann, bea) = (TestPerson.Named("ann"), TestPerson.Named("bea"));
        var group = TestGroup.With(ann, (bea, Role.Editor));
        var other = TestGroup.With(bea, (ann, Role.Editor));
        var ours = group.Commit(ann, body => body.Puts.Add(Parts.Put("one", 1)));
        var theirs = group.Commit(bea, body => body.Puts.Add(Parts.Put("two", 1)));
        var later = group.Copy().Accept(ours).Commit(bea, body => body.Puts.Add(Parts.Put("two", 1)));
        var file = new ForkEvidence { Version = 1, Ours = ours, Theirs = theirs };
        file.Chain.Add(group.Commits);
        var reordered = new ForkEvidence { Theirs = theirs, Ours = ours }.ToByteArray();
        var (theirBody, theirSignatures) = (new SignedEntry { Body = theirs.Body }, new SignedEntry { Signatures = { theirs.Signatures } });
        var vectors = new List<EvidenceVector>
        {
            Legal("two-commits-on-one-predecessor", file.ToByteArray(), group, ours, theirs),
            Legal("the-other-one-first", Spoilt(one => (one.Ours, one.Theirs) = (theirs, ours)), group, theirs, ours),

            // The encoding is free, because nobody signs the file: fields in another order are the same file.
            Legal("fields-in-another-order", [.. reordered, .. new ForkEvidence { Version = 1, Chain = { group.Commits } }.ToByteArray()], group, ours, theirs),
            Legal("groups-99-deep", [.. file.ToByteArray(), .. Wire.Groups(99)], group, ours, theirs),
            Legal("an-unknown-field", Wire.UnknownField(file.ToByteString()).ToByteArray(), group, ours, theirs),
            Legal(
                "a-commit-in-two-records",
                [.. new ForkEvidence { Theirs = theirSignatures }.ToByteArray(), .. Spoilt(one => one.Theirs = theirBody)],
                group, ours, theirs),
        };
        Refused(BadEvidence, "empty", []);
        Refused(BadEvidence, "no-protobuf", [.. "a shopping list"u8]);
        Refused(BadEvidence, "cut-short", file.ToByteArray()[..^1]);
        Refused(BadEvidence, "groups-100-deep", [.. file.ToByteArray(), .. Wire.Groups(100)]);
        Refused(BadEvidence, "reserved-wire-type", [.. file.ToByteArray(), 0x9e, 0x06]);
        Refused(BadEvidence, "version-0", Spoilt(one => one.Version = 0));
        Refused(BadEvidence, "version-2", Spoilt(one => one.Version = 2));
        Refused(BadEvidence, "no-chain", Spoilt(one => one.Chain.Clear()));
        Refused(BadEvidence, "no-commit-of-ours", Spoilt(one => one.Ours = null));
        Refused(BadEvidence, "no-commit-of-theirs", Spoilt(one => one.Theirs = null));
        Refused(BadEvidence, "one-commit-twice", Spoilt(one => one.Theirs = ours));
        Refused((int)FaultCode.BadSignature, "theirs-unsigned", Spoilt(one => one.Theirs.Signatures[0] = ByteString.CopyFrom(new byte[64])));
        Refused((int)FaultCode.BadSignature, "ours-signed-for-other-bytes", Spoilt(one => one.Ours.Signatures[0] = theirs.Signatures[0]));
        Refused((int)FaultCode.BadSignature, "chain-unsigned", Spoilt(one => one.Chain[1].Signatures[0] = ByteString.CopyFrom(new byte[64])));
        Refused((int)FaultCode.WrongSeq, "chain-one-short", Spoilt(one => one.Chain.RemoveAt(one.Chain.Count - 1)));
        Refused((int)FaultCode.WrongSeq, "chain-one-long", Spoilt(one => one.Chain.Add(ours)));
        Refused((int)FaultCode.WrongSeq, "theirs-follows-ours", Spoilt(one => one.Theirs = later));
        Refused((int)FaultCode.WrongChain, "theirs-of-another-group", Spoilt(one => one.Theirs = other.Commit(bea, body => body.Puts.Add(Parts.Put("two", 1)))));
        return vectors;

        byte[] Spoilt(Action<ForkEvidence> spoil)
        {
            var one = file.Clone();
            spoil(one);
            return one.ToByteArray();
        }

        void Refused(int fault, string sin, byte[] bytes) => vectors.Add(
            new EvidenceVector($"{fault}-{sin}", fault, sin, EvidenceExpectation.Hex(bytes), EvidenceExpectation.Refused(fault)));
    }

    private static EvidenceVector Legal(string what, byte[] bytes, TestGroup group, SignedEntry ours, SignedEntry theirs) => new(
        $"{BadEvidence}-legal-{what}", BadEvidence, $"legal-{what}", EvidenceExpectation.Hex(bytes),
        new EvidenceExpectation(
            EvidenceExpectation.Hex(group.State.Id.ToArray()), group.State.Head.Seq, IdOf(group, ours), IdOf(group, theirs), null));

    private static string IdOf(TestGroup group, SignedEntry commit) =>
        EvidenceExpectation.Hex(EntryIds.OfGroupCommit(group.State.Head.Id, commit).ToArray());
}
