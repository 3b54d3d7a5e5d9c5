using CsCheck;
using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Tests.Kit;
using Vault.Core.Tests.Vectors;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Laws;

/// <summary>What no forger may do with bytes that somebody signed.</summary>
public sealed class SignatureLaws
{
    private static readonly Purpose[] s_signing = [.. Purpose.All.Where(purpose => purpose.Name.Contains("/sign/", StringComparison.Ordinal))];

    [Fact]
    public void A_signature_for_one_purpose_verifies_for_no_other()
    {
        Assert.Equal(7, s_signing.Length);
        var key = TestKey.Named("laws");
        Gen.Byte.Array[0, 200].Sample(
            bytes =>
            {
                var body = ByteString.CopyFrom(bytes);
                foreach (var made in s_signing)
                {
                    var signature = key.Sign(made, body);
                    foreach (var asked in s_signing)
                    {
                        Assert.Equal(made == asked, Signatures.Verify(asked, key.Public.Span, body.Span, signature.Span));
                    }
                }
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void No_tag_begins_another()
    {
        foreach (var tag in Purpose.All)
        {
            Assert.InRange(tag.Bytes.Length, 1, 64);
            Assert.True(tag.Name.All(char.IsAscii));
            Assert.Single(Purpose.All, other => other.Name.StartsWith(tag.Name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Any_flipped_bit_of_an_accepted_commit_is_refused()
    {
        var (ann, bea, cem) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"));
        var group = TestGroup.With(ann, (bea, Role.Editor));
        var commit = group.Commit(ann, b =>
        {
            b.ReAnchors.Add(group.ReAnchor(bea.Copy().Accept(bea.AddDevice())));
            b.Roles.Add(Parts.Role(bea, Role.Admin));
            b.Adds.Add(Parts.Add(cem, Role.Viewer));
            b.Puts.Add(Parts.Put("one", 1));
        });
        Assert.True(GroupRules.Extend(group.State, commit).IsValid);
        var bits = (commit.Body.Length + 64) * 8;
        Gen.Int[0, bits - 1].Sample(bit => !GroupRules.Extend(group.State, Flip(commit, bit)).IsValid, iter: 4_000, threads: 1);
        // The header and the signature whole.
        for (var bit = 0; bit < 1_200; bit++)
        {
            Assert.False(GroupRules.Extend(group.State, Flip(commit, bit)).IsValid);
        }

        for (var bit = commit.Body.Length * 8; bit < bits; bit++)
        {
            Assert.Equal(FaultCode.BadSignature, GroupRules.Extend(group.State, Flip(commit, bit)).Fault.Code);
        }
    }

    [Fact]
    public void Any_flipped_bit_of_an_accepted_account_entry_is_refused()
    {
        var ann = TestPerson.Named("ann", withRecovery: true);
        var rotation = ann.Rotate(ann.Devices[0]).Sign();
        Assert.True(AccountRules.Extend(ann.State, rotation).IsValid);
        var bits = (rotation.Body.Length + (rotation.Signatures.Count * 64)) * 8;
        Gen.Int[0, bits - 1].Sample(bit => !AccountRules.Extend(ann.State, Flip(rotation, bit)).IsValid, iter: 4_000, threads: 1);
        var genesis = ann.Entries[0];
        var length = (genesis.Body.Length + (genesis.Signatures.Count * 64)) * 8;
        // A flipped genesis may not found any account, least of all this one.
        Gen.Int[0, length - 1].Sample(bit => !AccountRules.Found(Flip(genesis, bit)).IsValid, iter: 2_000, threads: 1);
    }

    [Fact]
    public void Any_bytes_make_a_fault_and_no_exception()
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 70].Array[0, 3]).Sample(
            (body, signatures) =>
            {
                var entry = new SignedEntry { Body = ByteString.CopyFrom(body) };
                entry.Signatures.Add(signatures.Select(ByteString.CopyFrom));
                return !GroupRules.Extend(group.State, entry).IsValid && !GroupRules.Found(entry).IsValid
                    && !AccountRules.Extend(ann.State, entry).IsValid && !AccountRules.Found(entry).IsValid;
            },
            iter: 20_000,
            threads: 1);
    }

    [Fact]
    public void Spoilt_bytes_signed_by_their_author_make_a_fault_or_a_state_and_no_exception()
    {
        // An insider signs whatever it likes: cuts, repeats and overwrites a piece of a body that has every kind of field.
        var (ann, bea, cem) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"));
        var group = TestGroup.With(ann, (bea, Role.Editor));
        var full = group.Commit(ann, b =>
        {
            b.ReAnchors.Add(group.ReAnchor(bea.Copy().Accept(bea.AddDevice())));
            b.Info = Parts.Info(2);
            b.Roles.Add(Parts.Role(bea, Role.Admin));
            b.OpenInvites.Add(Parts.Open("x", Role.Viewer, 2));
            b.Adds.Add(Parts.Add(cem, Role.Viewer, sealedHere: false));
            b.Epoch = group.NextEpoch(ann, bea, cem);
            b.Puts.Add(Parts.Put("one", 2));
            b.Note = Parts.Boxed(2);
        }).Body.ToByteArray();
        Gen.Select(Gen.Int[0, full.Length - 1], Gen.Int[0, 40], Gen.Byte.Array[0, 12]).Sample(
            (at, cut, inserted) =>
            {
                byte[] spoilt = [.. full.AsSpan(0, at), .. inserted, .. full.AsSpan(Math.Min(full.Length, at + cut))];
                var verdict = GroupRules.Extend(group.State, TestGroup.SignBytes(ByteString.CopyFrom(spoilt), ann.Devices[0]));
                return verdict.IsValid || verdict.Fault.Code != FaultCode.Unspecified;
            },
            iter: 10_000,
            threads: 1);
    }

    private static SignedEntry Flip(SignedEntry entry, int bit)
    {
        var flipped = entry.Clone();
        var bodyBits = entry.Body.Length * 8;
        if (bit < bodyBits)
        {
            flipped.Body = Wire.Flip(entry.Body, bit);
        }
        else
        {
            var i = (bit - bodyBits) / 512;
            flipped.Signatures[i] = Wire.Flip(entry.Signatures[i], (bit - bodyBits) % 512);
        }

        return flipped;
    }
}
