using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Core.Tests.Vectors;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>Spoils a signed entry: bits, order, fields, author; signed again or not. Some of what comes out may be legal again.</summary>
internal static class Mutation
{
    /// <summary>A commit like this one, spoilt. <paramref name="surely"/> says whether no verifier may take it.</summary>
    public static SignedEntry OfCommit(SeededRandom random, GroupBody legal, IReadOnlyList<SignedEntry> earlier, out bool surely)
    {
        var signed = TestGroup.Sign(legal);
        surely = true;
        switch (random.Next(8))
        {
            case 0:
                return Flipped(random, signed);
            case 1:
                return Cut(random, signed);
            case 2:
                return Resigned(Junk(random, signed.Body), legal);
            case 3:
                surely = false; // Signed again, a flipped bit may be another legal commit.
                return Resigned(Wire.Flip(signed.Body, random.Next(signed.Body.Length * 8)), legal);
            case 4:
                return random.Pick(earlier);
            case 5:
                surely = false;
                var header = legal.Clone();
                SpoilHeader(random, header);
                return Resigned(header.ToByteString(), header);
            default:
                surely = false;
                var body = legal.Clone();
                SpoilFields(random, body);
                return random.Chance(20) ? With(body.ToByteString(), signed.Signatures) : Resigned(body.ToByteString(), body);
        }
    }

    public static SignedEntry OfAccountEntry(SeededRandom random, AccountDraft draft, out bool surely)
    {
        var signed = draft.Sign();
        surely = true;
        switch (random.Next(6))
        {
            case 0:
                return Flipped(random, signed);
            case 1:
                return Cut(random, signed);
            case 2:
                return draft.SignBytes(Junk(random, signed.Body));
            case 3:
                surely = false;
                return draft.SignBytes(Wire.Flip(signed.Body, random.Next(signed.Body.Length * 8)));
            case 4:
                draft.Signers[random.Next(draft.Signers.Count)] = TestKey.Named("stranger");
                return draft.Sign();
            default:
                draft.Signers.Add(draft.Signers[0]);
                return draft.Sign();
        }
    }

    private static SignedEntry Flipped(SeededRandom random, SignedEntry signed)
    {
        var entry = signed.Clone();
        if (random.Chance(50))
        {
            entry.Body = Wire.Flip(entry.Body, random.Next(entry.Body.Length * 8));
        }
        else
        {
            var i = random.Next(entry.Signatures.Count);
            entry.Signatures[i] = Wire.Flip(entry.Signatures[i], random.Next(512));
        }

        return entry;
    }

    private static SignedEntry Cut(SeededRandom random, SignedEntry signed)
    {
        var entry = signed.Clone();
        switch (random.Next(4))
        {
            case 0:
                entry.Body = ByteString.CopyFrom(entry.Body.Span[..random.Next(entry.Body.Length)]);
                break;
            case 1:
                entry.Signatures.RemoveAt(random.Next(entry.Signatures.Count));
                break;
            case 2:
                entry.Signatures[0] = ByteString.CopyFrom(entry.Signatures[0].Span[..random.Next(64)]);
                break;
            default:
                entry.Signatures.Add(entry.Signatures[0]);
                break;
        }

        return entry;
    }

    private static ByteString Junk(SeededRandom random, ByteString body) => random.Next(4) switch
    {
        0 => Wire.UnknownField(body),
        1 => Wire.VersionLast(body),
        2 => Wire.LongVersion(body),
        _ => Wire.VersionTwice(body),
    };

    private static void SpoilHeader(SeededRandom random, GroupBody body)
    {
        switch (random.Next(8))
        {
            case 0:
                body.Version = (uint)random.Next(4);
                break;
            case 1:
                body.Group = random.Bytes(random.Chance(50) ? 32 : random.Next(40));
                break;
            case 2:
                body.Seq += (ulong)random.Next(3) - 1;
                break;
            case 3:
                body.Prev = random.Bytes(32);
                break;
            case 4:
                body.AuthorAccount = random.Bytes(random.Chance(50) ? 32 : random.Next(40));
                break;
            case 5:
                body.AuthorHead = random.Chance(30) ? null : new AccountHead { Seq = (ulong)random.Next(5), Id = random.Bytes(32) };
                break;
            case 6:
                body.AuthorDevice = random.Bytes(random.Chance(50) ? 32 : random.Next(40));
                break;
            default:
                body.Genesis = new GroupGenesis { Kind = GroupKind.Shared, Random = random.Bytes(32) };
                break;
        }
    }

    private static void SpoilFields(SeededRandom random, GroupBody body)
    {
        switch (random.Next(18))
        {
            case 0 when body.Epoch is not null:
                body.Epoch.Number += (ulong)random.Pick([1, 999, 1001, -1]);
                break;
            case 1 when body.Epoch is { Seals.Count: > 0 }:
                body.Epoch.Seals.RemoveAt(random.Next(body.Epoch.Seals.Count));
                break;
            case 2 when body.Epoch is { Seals.Count: > 1 }:
                (body.Epoch.Seals[0], body.Epoch.Seals[1]) = (body.Epoch.Seals[1], body.Epoch.Seals[0]);
                break;
            case 3 when body.Epoch is not null:
                body.Epoch = null;
                break;
            case 4 when body.Puts.Count > 0:
                body.Puts[0].Replaces = random.Chance(50) ? ByteString.Empty : random.Bytes(32);
                break;
            case 5 when body.Puts.Count > 0:
                body.Puts[0].Epoch += (ulong)random.Pick([1, -1]);
                break;
            case 6 when body.Puts.Count > 0:
                body.Puts.Add(body.Puts[0].Clone());
                break;
            case 7 when body.Adds.Count > 0:
                body.Adds[0].Role = (Role)random.Next(6);
                break;
            case 8 when body.Adds.Count > 0:
                body.Adds[0].Seal = null;
                break;
            case 9 when body.Adds.Count > 0:
                body.Adds[0].AccountEntries.RemoveAt(random.Next(body.Adds[0].AccountEntries.Count));
                break;
            case 10 when body.ReAnchors.Count > 0:
                body.ReAnchors[0].Entries.RemoveAt(0);
                break;
            case 11 when body.ReAnchors.Count > 0:
                body.ReAnchors.RemoveAt(random.Next(body.ReAnchors.Count));
                break;
            case 12:
                body.Leave = new LeaveGroup();
                break;
            case 13:
                body.Close = new CloseGroup();
                break;
            case 14:
                body.Removes.Add(new RemoveMember { Account = body.AuthorAccount });
                break;
            case 15:
                body.Roles.Add(new ChangeRole { Account = body.AuthorAccount, Role = (Role)random.Next(6) });
                break;
            case 16:
                body.Deletes.Add(new DeleteItem { Item = random.Bytes(16), Replaces = random.Bytes(32), OpId = random.Bytes(16) });
                break;
            default:
                body.Note = new Boxed { Epoch = (ulong)random.Next(4), Box = random.Bytes(600) };
                break;
        }
    }

    private static SignedEntry Resigned(ByteString bytes, GroupBody author) =>
        TestGroup.SignBytes(bytes, TestKey.Knows(author.AuthorDevice) ? TestKey.Of(DeviceId.Parse(author.AuthorDevice.Span)) : TestKey.Named("stranger"));

    private static SignedEntry With(ByteString body, IEnumerable<ByteString> signatures)
    {
        var entry = new SignedEntry { Body = body };
        entry.Signatures.Add(signatures);
        return entry;
    }
}
