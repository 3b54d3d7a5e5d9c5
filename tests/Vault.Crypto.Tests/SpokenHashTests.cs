using Vault.Core.Ids;
using Vault.Core.Words;

namespace Vault.Crypto.Tests;

/// <summary>The words were computed independently, from FORMAT.md, section 9.</summary>
public sealed class SpokenHashTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void A_fingerprint_is_twelve_words() => Assert.Equal(
        "decline isolate rotate help suffer yard world gravity wave forward fetch swallow",
        string.Join(' ', SpokenHash.Fingerprint(AccountId.Parse(Bytes))));

    [Fact]
    public void A_group_code_is_six_words() => Assert.Equal(
        "chimney physical hero interest kid alert",
        string.Join(' ', SpokenHash.GroupCode(GroupId.Parse(Bytes), new ChainHead(7, EntryId.Parse([.. Bytes.Reverse()])))));
}
