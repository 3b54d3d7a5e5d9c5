using Google.Protobuf;
using Vault.Core.Groups;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>
/// Files of fork evidence made anew from the parts of the committed ones, which may lack, repeat, change places or be spoilt. So several
/// faults meet in one file, and some files are legal in an encoding that no encoder makes. The product's verdict goes with each.
/// </summary>
internal static class ShuffledEvidence
{
    private const int StepsMax = 3;

    // What stands between the parts and is none: fields that nobody knows, fields of another wire type, and what does not parse.
    private static readonly byte[][] s_strays =
    [
        [0x98, 0x06, 0x01], [0x9a, 0x06, 0x01, 0x00], Wire.Groups(1), Wire.Groups(99), Wire.Groups(100),
        [0x0a, 0x00], [0x10, 0x01], [0x18, 0x01], [0x08, 0x81, 0x80, 0x80, 0x80, 0x10], [0x08, 0x81, 0x00],
        [0x00], [0x9b, 0x06], [0x9c, 0x06], [0x9e, 0x06], [0x9a, 0x06, 0x7f], [0x22, 0x00], [0x1a, 0x02, 0x12, 0x00],
    ];

    private static readonly byte[][] s_legal = Fields(EvidenceVectors.All()[0]);

    private static readonly byte[][] s_spares = [.. EvidenceVectors.All().SelectMany(Fields)];

    public static IReadOnlyList<EvidenceVector> Many(int count) => [.. Enumerable.Range(0, count).Select(Of)];

    private static EvidenceVector Of(int seed)
    {
        var random = new SeededRandom($"evidence/{seed}");
        var parts = s_legal.ToList();
        for (var steps = random.Next(StepsMax + 1); steps > 0; steps--)
        {
            Shuffle(random, parts);
        }

        var file = parts.SelectMany(part => part).ToArray();
        var verdict = EvidenceExpectation.Of(ForkProof.Verify(file));
        return new EvidenceVector($"shuffled-{seed}", verdict.Fault ?? 0, "shuffled", EvidenceExpectation.Hex(file), verdict);
    }

    private static void Shuffle(SeededRandom random, List<byte[]> parts)
    {
        if (parts.Count == 0)
        {
            return;
        }

        var (at, other) = (random.Next(parts.Count), random.Next(parts.Count));
        switch (random.Next(7))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Insert(other, parts[at]);
                break;
            case 2:
                (parts[at], parts[other]) = (parts[other], parts[at]);
                break;
            case 3:
                parts[at] = random.Pick(s_spares);
                break;
            case 4:
                parts[at] = Wire.Flip(ByteString.CopyFrom(parts[at]), random.Next(parts[at].Length * 8)).ToByteArray();
                break;
            default:
                parts.Insert(at, random.Pick(s_strays));
                break;
        }
    }

    /// <summary>What a file holds, each part encoded for itself, a commit as its body and its signatures; nothing where it does not parse.</summary>
    private static byte[][] Fields(EvidenceVector vector)
    {
        ForkEvidence file;
        try
        {
            file = ForkEvidence.Parser.ParseFrom(Convert.FromHexString(vector.File));
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }

        IEnumerable<ForkEvidence> parts =
        [
            new() { Version = file.Version },
            .. file.Chain.Select(commit => new ForkEvidence { Chain = { commit } }),
            .. Halves(file.Ours).Select(half => new ForkEvidence { Ours = half }),
            .. Halves(file.Theirs).Select(half => new ForkEvidence { Theirs = half }),
        ];
        return [.. parts.Select(part => part.ToByteArray()).Where(part => part.Length > 0)];
    }

    private static IEnumerable<SignedEntry> Halves(SignedEntry? commit) => commit is null
        ? []
        : [new SignedEntry { Body = commit.Body }, new SignedEntry { Signatures = { commit.Signatures } }];
}
