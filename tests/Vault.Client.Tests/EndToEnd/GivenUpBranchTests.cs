using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Groups;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.ForkedFamily;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>
/// What a branch that was given up leaves behind: nothing is signed that would be sealed to whom it removed, nothing under an epoch that
/// it had passed, and what was signed on it holds nothing up.
/// </summary>
public sealed class GivenUpBranchTests
{
    [Fact]
    public Task While_removals_wait_an_edit_is_accepted_and_not_signed_so_that_a_locked_device_has_nothing_to_send() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, group) = (family.Ann, family.Group);

        // The relay's branch has an epoch of its own, so that only the removal keeps an edit from being signed at once.
        using var ben = await RogueDevice.TakeAsync(family.Ben);
        await ben.CommitAsync(group, draft => draft.OpenKey(startEpoch: true));
        await ann.Client.Forks.AdoptRelayAsync(group);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.RemovalsWait, ann.Client.Sync.Status(group).Fault?.Code);

        ann.Client.Items.Add(group, Samples.Login("not for Carl either"));
        await ann.RestartAsync();
        var head = ann.Client.Sync.Status(group).VerifiedSeq;
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal((head, 5), (ann.Client.Sync.Status(group).VerifiedSeq, ann.Client.Sync.Status(group).Pending));
    });

    [Fact]
    public Task The_first_edit_after_a_branch_was_given_up_starts_an_epoch_above_it_for_members_as_they_are_now() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, group) = (family.Ann, family.Group);
        var lost = ann.Client.Groups.Show(group).Epoch;
        await ann.Client.Forks.AdoptRelayAsync(group);
        await ann.Client.Sync.SyncAsync();
        Assert.True(ann.Client.Groups.Show(group).Epoch < lost);

        // The group's chain does not know of Carl's second device, and a new key is sealed to Carl.
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(family.Carl.LoginOf(family.Relay.Address));
        ann.Client.Forks.Drop(group, family.Carls);
        ann.Client.Items.Add(group, Samples.Login("one more"));
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(0, ann.Client.Sync.Status(group).Pending);
        Assert.Equal(lost + 1, ann.Client.Groups.Show(group).Epoch);
        Assert.Equal(2, ann.Client.Groups.Members(group).Single(member => member.Account == family.Carls).Devices);
    });

    [Fact]
    public Task A_commit_that_was_on_its_way_on_the_branch_that_lost_holds_nothing_up() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync(async forks =>
        {
            // Signed with the edit, and nobody knows whether it arrived.
            await forks.Relay.DownAsync();
            forks.Ann.Client.Items.Add(forks.Group, Samples.Login("on its way"));
        });
        var (ann, group) = (family.Ann, family.Group);
        await ann.Client.Forks.AdoptRelayAsync(group);
        await ann.Client.Forks.ReapplyAsync(group, family.Carls);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(0, ann.Client.Sync.Status(group).Pending);
        Assert.Equal(1, ann.Client.Items.List(group).Count(item => item.Item.Title == "on its way"));
    });

    [Fact]
    public Task A_head_off_the_kept_side_that_no_commit_shows_settles_no_fork() => Pumped.RunAsync(async () =>
    {
        var liar = new Liar();
        await using var family = await MakeAsync(seams: liar.Seams());
        var (ann, group) = (family.Ann, family.Group);
        await ann.Client.Forks.AdoptMineAsync(group);
        var shown = 0;
        liar.Lie = answer =>
        {
            if (answer is PullResponse pull && pull.Commits.Count > 0)
            {
                shown++;
                pull.Commits.Clear();
            }
        };
        await ann.Client.Sync.SyncAsync();
        await ann.RestartAsync();
        Assert.True(shown > 0);
        Assert.Equal(FreshnessState.Forked, ann.Client.Sync.Status(group).State);
        Assert.True(ForkProof.Verify(ann.Client.Forks.Evidence(group)).IsValid);
    });
}
