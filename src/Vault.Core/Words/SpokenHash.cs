using System.Buffers.Binary;
using Vault.Core.Ids;

namespace Vault.Core.Words;

/// <summary>
/// Hashes that people compare by voice or eye, always computed from what this device verified itself (attack: a relay that
/// sends the words to show). FORMAT.md, section 9.
/// </summary>
public static class SpokenHash
{
    private const int BitsPerWord = 11;
    private const int FingerprintWords = 12;
    private const int GroupCodeWords = 6;

    /// <summary>Twelve words for an account: 132 bits, so no second account with the same words can be searched for.</summary>
    public static IReadOnlyList<string> Fingerprint(AccountId account) =>
        WordsOf(TaggedHash.Of(Purpose.HashFingerprint, account.ToArray()), FingerprintWords);

    /// <summary>Six words for a group at a head: equal on two devices exactly when they stand at the same commit.</summary>
    public static IReadOnlyList<string> GroupCode(GroupId group, ChainHead head)
    {
        Span<byte> seq = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(seq, head.Seq);
        return WordsOf(TaggedHash.Of(Purpose.HashGroupCode, group.ToArray(), seq, head.Id.ToArray()), GroupCodeWords);
    }

    private static string[] WordsOf(ReadOnlySpan<byte> hash, int count)
    {
        var words = new string[count];
        for (var word = 0; word < count; word++)
        {
            var index = 0;
            for (var bit = word * BitsPerWord; bit < (word + 1) * BitsPerWord; bit++)
            {
                index = (index << 1) | ((hash[bit / 8] >> (7 - (bit % 8))) & 1);
            }

            words[word] = WordList.English[index];
        }

        return words;
    }
}
