using Vault.Core.Ids;
using Vault.Crypto.Codes;

namespace Vault.Crypto.Tests;

public sealed class InviteCodeTests
{
    private static readonly GroupId Group = GroupId.Parse(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly EntryId Commit = EntryId.Parse(Enumerable.Repeat((byte)2, 32).ToArray());
    private static readonly AccountId Opener = AccountId.Parse(Enumerable.Repeat((byte)3, 32).ToArray());

    [Fact]
    public void A_code_reads_back_however_it_is_typed()
    {
        var text = InviteCodes.Format(Code("https://vault.example:7467#sha256/abc"));
        string[] typings =
        [
            text, text.ToLowerInvariant(), text.Replace("-", "", StringComparison.Ordinal), $" {text}\n",
            text.Replace('1', 'l').Replace('0', 'o'), text.Replace('1', 'I'),
        ];
        foreach (var typed in typings)
        {
            var code = InviteCodes.Parse(typed);
            Assert.NotNull(code);
            Assert.Equal(text, InviteCodes.Format(code));
        }
    }

    [Fact]
    public void Every_single_wrong_digit_is_refused()
    {
        var text = InviteCodes.Format(Code("https://vault.example"));
        for (var at = 4; at < text.Length; at++)
        {
            if (text[at] != '-')
            {
                var wrong = text[at] == 'Z' ? 'Y' : 'Z';
                Assert.Null(InviteCodes.Parse($"{text[..at]}{wrong}{text[(at + 1)..]}"));
            }
        }
    }

    [Fact]
    public void A_cut_or_lengthened_code_is_refused()
    {
        var text = InviteCodes.Format(Code("https://vault.example"));
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Null(InviteCodes.Parse(text[..length].TrimEnd('-')));
        }

        Assert.Null(InviteCodes.Parse(text + "0"));
        Assert.Null(InviteCodes.Parse(new string('0', 100_000)));
    }

    [Fact]
    public void A_code_matches_one_group_one_commit_and_one_opener()
    {
        var code = Code("https://vault.example");
        Assert.True(InviteCodes.Matches(code, Group, Commit, Opener));
        Assert.False(InviteCodes.Matches(code, new GroupId(Commit.Value), Commit, Opener));
        Assert.False(InviteCodes.Matches(code, Group, new EntryId(Group.Value), Opener));
        Assert.False(InviteCodes.Matches(code, Group, Commit, new AccountId(Group.Value)));
    }

    [Fact]
    public void The_invite_key_follows_from_the_secret_alone()
    {
        using var a = InviteCodes.DeriveKey(new byte[InviteCodes.SecretSize]);
        using var b = InviteCodes.DeriveKey(new byte[InviteCodes.SecretSize]);
        using var other = InviteCodes.DeriveKey([.. new byte[InviteCodes.SecretSize - 1], 1]);
        Assert.True(a.Matches(b.PublicKey));
        Assert.False(a.Matches(other.PublicKey));
    }

    private static Protocol.V1.InviteCode Code(string relay)
    {
        using var secret = InviteCodes.CreateSecret(new SeededRandom(1));
        return InviteCodes.Create(secret, Group, Commit, Opener, relay);
    }
}
