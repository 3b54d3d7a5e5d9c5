using Vault.Agent.Views;
using Vault.Client.Doctor;
using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Agent.Tests.Views;

/// <summary>What `svault doctor` tells people to do does not send them back to where they were.</summary>
public sealed class CheckAdviceTests
{
    private static readonly CheckResult[] s_relayDown =
    [
        new("notifications", CheckState.Fail, "no nonce came back", "svault doctor --fix"),
        new("poll", CheckState.Fail, "a poll was not answered", "svault doctor --fix"),
    ];

    private static readonly CheckResult s_forks = new("forks", CheckState.Fail, "other histories are known", "svault group code, compared with another member");

    [Fact]
    public void Where_the_relay_does_not_answer_mending_again_is_not_the_advice() =>
        Assert.All(CheckAdvice.Of(s_relayDown, [], "https://vault.example.org"), check =>
        {
            Assert.DoesNotContain("--fix", check.Command, StringComparison.Ordinal);
            Assert.Contains("https://vault.example.org", check.Command, StringComparison.Ordinal);
            Assert.Contains("operator", check.Command, StringComparison.Ordinal);
        });

    [Fact]
    public void Notifications_that_fail_alone_are_mended_once_and_then_the_operators()
    {
        CheckResult[] checks = [s_relayDown[0], new("poll", CheckState.Ok, "answered")];
        Assert.Equal(checks, CheckAdvice.Of(checks, [], "relay"));
        checks[0] = checks[0] with { Mended = "all connections were dialled anew" };
        Assert.Contains("operator", CheckAdvice.Of(checks, [], "relay").First().Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fork_ends_by_the_choice_of_a_side_and_a_dispute_by_who_can_tell()
    {
        var forked = Advice(Group("family", FreshnessState.Forked, disputed: false));
        Assert.Contains("svault group evidence family --to", forked, StringComparison.Ordinal);
        Assert.Contains("svault group adopt-relay family, or adopt-mine", forked, StringComparison.Ordinal);
        Assert.DoesNotContain("group code", forked, StringComparison.Ordinal);

        // A name that a shell would take apart is given as an id.
        var odd = Group("our family; rm", FreshnessState.Forked, disputed: false);
        Assert.Contains($"adopt-relay {odd.Id.ToString()[..16]}, ", Advice(odd), StringComparison.Ordinal);

        var disputed = Advice(Group("family", FreshnessState.Live, disputed: true));
        Assert.Contains("svault status family --members", disputed, StringComparison.Ordinal);
        Assert.Contains("svault group code family", disputed, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_well_and_an_account_that_is_forked_keep_their_own_advice()
    {
        CheckResult[] checks = [new("poll", CheckState.Ok, "answered"), s_forks with { Command = "Revoke the device, or keep one copy of this home." }];
        Assert.Equal(checks, CheckAdvice.Of(checks, [Group("family", FreshnessState.Forked, disputed: false)], "relay"));
    }

    private static string Advice(GroupView group) => Assert.Single(CheckAdvice.Of([s_forks], [group], "relay")).Command;

    private static GroupView Group(string name, FreshnessState state, bool disputed) => new()
    {
        Id = GroupId.Parse(Enumerable.Repeat((byte)7, 32).ToArray()),
        Name = name,
        Kind = GroupKind.Shared,
        Role = Role.Owner,
        Epoch = 1,
        RotationDue = false,
        Members = 2,
        Items = 0,
        OpenInvites = 0,
        Status = new GroupStatus
        {
            State = state,
            ProofAge = TimeSpan.FromSeconds(1),
            VerifiedSeq = 5,
            KnownSeq = 5,
            MissingBlobs = 0,
            Pending = 0,
            Conflicts = 0,
            Quarantined = 0,
            Disputed = disputed,
        },
    };
}
