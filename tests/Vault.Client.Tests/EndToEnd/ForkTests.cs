using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.ForkedFamily;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>After a fork a person chooses a side, and nothing of the other is lost.</summary>
public sealed class ForkTests
{
    [Fact]
    public Task The_relays_branch_is_adopted_and_everything_of_the_own_one_is_merged_or_listed() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, group) = (family.Ann, family.Group);
        var waits = ann.Client.Items.Edit(group, family.Both, item => item.Notes = "made while forked");
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(1, ann.Client.Sync.Status(group).Pending);
        var before = await RowsAsync(ann);

        var adopted = await ann.Client.Forks.AdoptRelayAsync(group);
        Assert.Equal((4, 1, 0), (adopted.Edits, adopted.Removals, adopted.Roles));

        // The edit that waited is what it was, byte for byte, behind those it was made of.
        var after = await RowsAsync(ann);
        Assert.Equal(before, after[^1..]);
        Assert.Equal(5, after.Count);

        // Carl is a member again, so nothing is sealed to anybody before that is settled.
        await ann.Client.Sync.SyncAsync();
        var status = ann.Client.Sync.Status(group);
        Assert.Equal((FaultCode.RemovalsWait, 5), (status.Fault?.Code, status.Pending));
        var lost = Assert.Single(ann.Client.Forks.LostChanges(group));
        Assert.Equal((family.Carls, Role.Editor, null), (lost.Account, lost.Now, lost.Lost));
        var epoch = ann.Client.Groups.Show(group).Epoch;
        await ann.Client.Forks.ReapplyAsync(group, family.Carls);
        await ann.Client.Sync.SyncAsync();
        Assert.Empty(ann.Client.Forks.LostChanges(group));
        Assert.Equal(0, ann.Client.Sync.Status(group).Pending);
        Assert.True(ann.Client.Groups.Show(group).Epoch > epoch + 1, "above the epoch of the branch that was given up");

        await family.Ben.Client.Sync.SyncAsync();
        foreach (var person in (TestPerson[])[ann, family.Ben])
        {
            Assert.Equal(FreshnessState.Polling, person.Client.Sync.Status(group).State);
            Assert.Equal(["both", "new on Ann's side", "new on Ben's side", "not for Carl"], Titles(person, group));
            Assert.Empty(person.Client.Items.Conflicts(group));
            var both = person.Client.Items.Get(group, family.Both).Item;
            Assert.Equal(("by Ann", "by Ben", "made while forked"), (Field(both, "username"), Field(both, "password"), both.Notes));
            Assert.Equal(2, person.Client.Groups.Members(group).Count);
        }

        await family.Carl.Client.Sync.SyncAsync();
        Assert.DoesNotContain("not for Carl", Titles(family.Carl, group));

        // A restart knows nothing of a fork any more, and the evidence is still here.
        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, ann.Client.Sync.Status(group).State);
        Assert.True(ForkProof.Verify(ann.Client.Forks.Evidence(group)).IsValid);
    });

    [Fact]
    public Task A_token_too_large_to_send_back_is_not_kept_with_the_relays_side() => Pumped.RunAsync(async () =>
    {
        var liar = new Liar();
        await using var family = await MakeAsync(seams: liar.Seams());
        var (ann, group) = (family.Ann, family.Group);
        liar.Lie = answer =>
        {
            if (answer is PullResponse page)
            {
                page.Token = ByteString.CopyFrom(new byte[64 << 10]);
            }
        };
        var refused = await Assert.ThrowsAsync<VaultException>(() => ann.Client.Forks.AdoptRelayAsync(group));
        Assert.Equal(FaultCode.BadToken, refused.Code);
        Assert.Equal(FreshnessState.Forked, ann.Client.Sync.Status(group).State);

        liar.Lie = null;
        await ann.Client.Forks.AdoptRelayAsync(group);
        Assert.NotEqual(FreshnessState.Forked, ann.Client.Sync.Status(group).State);
    });

    [Fact]
    public Task A_crash_at_any_commit_leaves_the_fork_or_the_choice_whole() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var group = family.Group;
        _ = family.Ann.Client.Items.Edit(group, family.Both, item => item.Notes = "made while forked");
        await family.Ann.Client.DisposeAsync();
        var (asBefore, asAfter) = (0, 0);
        for (var at = 0; ; at++)
        {
            var crash = new CrashAt(1 + (at / 2), after: at % 2 == 1);
            await using var copy = TestPerson.CopyOf(family.Ann, TestPerson.Seams() with { CommitProbe = crash });
            await copy.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            crash.Armed = true;
            try
            {
                await copy.Client.Forks.AdoptRelayAsync(group);
            }
            catch (CrashException)
            {
            }

            await ClosedAsync(copy);
            var died = crash.Died;
            crash.Armed = false;
            await using var again = TestPerson.CopyOf(copy);
            await again.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            if (again.Client.Sync.Status(group).State == FreshnessState.Forked)
            {
                asBefore++;
                Assert.Equal(1, again.Client.Items.OutboxCount(group));
                await again.Client.Forks.AdoptRelayAsync(group);
            }
            else
            {
                asAfter++;
            }

            Assert.Equal(5, again.Client.Items.OutboxCount(group));
            Assert.Single(again.Client.Forks.LostChanges(group));
            Assert.Equal(["both", "new on Ann's side", "new on Ben's side", "not for Carl"], Titles(again, group));
            if (!died)
            {
                break;
            }
        }

        Assert.True(asBefore >= 1 && asAfter >= 2, $"{asBefore}, {asAfter}");
    });

    [Fact]
    public Task The_own_branch_is_kept_given_back_once_the_other_is_cut_off_and_the_losers_adopt_it() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, ben, group) = (family.Ann, family.Ben, family.Group);
        await ann.Client.Forks.AdoptMineAsync(group);
        var waits = ann.Client.Items.Add(group, Samples.Login("made meanwhile"));
        await ann.Client.Sync.SyncAsync();
        Assert.Equal((FreshnessState.Forked, 1), (ann.Client.Sync.Status(group).State, ann.Client.Sync.Status(group).Pending));
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);

        // The other side is the first to come, and gives nothing back of what was cut off.
        await family.CutOffAsync();
        await ben.Client.Sync.SyncAsync();
        _ = ben.Client.Items.Add(group, Samples.Login("made after the cut"));
        await ben.Client.Sync.SyncAsync();
        Assert.Equal((FreshnessState.RelayBehind, FaultCode.CutOff), (ben.Client.Sync.Status(group).State, ben.Client.Sync.Status(group).Fault?.Code));
        Assert.Equal(1, ben.Client.Sync.Status(group).Pending);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal((FreshnessState.Polling, 0), (ann.Client.Sync.Status(group).State, ann.Client.Sync.Status(group).Pending));
        Assert.Equal(["both", "made meanwhile", "new on Ann's side", "not for Carl"], Titles(ann, group));

        await ben.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Forked, ben.Client.Sync.Status(group).State);
        await ben.Client.Forks.AdoptRelayAsync(group);
        await ben.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(Titles(ben, group), Titles(ann, group));
        var both = ann.Client.Items.Get(group, family.Both).Item;
        Assert.Equal(("by Ann", "by Ben"), (Field(both, "username"), Field(both, "password")));
        Assert.Contains("new on Ben's side", Titles(ann, group));
        Assert.Contains("made after the cut", Titles(ann, group));
        Assert.Equal(2, ann.Client.Groups.Members(group).Count);
    });

    [Fact]
    public Task A_choice_moves_the_recorded_head_so_that_other_devices_are_not_held_to_the_branch_that_lost() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ben, group) = (family.Ben, family.Group);

        // Ben's record is brought up to the branch that will lose.
        for (var i = 0; i < 66; i++)
        {
            await AddAsync(ben, group, $"more {i}");
        }

        await ben.Client.Sync.SyncAsync();
        await family.CutAsync();
        await family.Ann.Client.Forks.AdoptMineAsync(group);
        await family.Ann.Client.Sync.SyncAsync();
        await family.Ann.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ben.LoginOf(family.Relay.Address));
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.RelayBehind, phone.Client.Sync.Status(group).State);
        await ben.Client.Forks.AdoptRelayAsync(group);
        await ben.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, phone.Client.Sync.Status(group).State);
        Assert.Equal(Titles(ben, group), Titles(phone, group));
    });

    [Fact]
    public Task Evidence_is_judged_without_the_group_and_nothing_else_passes_for_it() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var file = family.Ann.Client.Forks.Evidence(family.Group);
        var proof = ForkProof.Verify(file).Value;
        Assert.Equal(family.Group, proof.Group);
        Assert.Equal(family.Ann.Client.Accounts.WhoAmI().Account, proof.Ours.Author);
        Assert.Equal(family.Ben.Client.Accounts.WhoAmI().Account, proof.Theirs.Author);
        Assert.Equal(proof.Predecessor.Seq + 1, proof.Ours.Head.Seq);
        Assert.Equal(proof.Ours.Head.Seq, proof.Theirs.Head.Seq);

        var evidence = ForkEvidence.Parser.ParseFrom(file);
        Assert.Equal(FaultCode.BadEvidence, Verify(one => one.Theirs = one.Ours));
        Assert.Equal(FaultCode.BadEvidence, Verify(one => one.Version = 2));
        Assert.Equal(FaultCode.BadEvidence, Verify(one => one.Chain.Clear()));
        Assert.Equal(FaultCode.BadEvidence, Verify(one => one.Ours = null));
        Assert.Equal(FaultCode.WrongSeq, Verify(one => one.Chain.RemoveAt(one.Chain.Count - 1)));
        Assert.Equal(FaultCode.BadSignature, Verify(one => one.Theirs.Signatures[0] = Google.Protobuf.ByteString.CopyFrom(new byte[64])));
        Assert.Equal(FaultCode.BadEvidence, ForkProof.Verify([]).Fault.Code);
        Assert.Equal(FaultCode.BadEvidence, ForkProof.Verify("a shopping list"u8).Fault.Code);
        Assert.Equal(FaultCode.BadEvidence, ForkProof.Verify(new byte[Core.Limits.EvidenceBytes + 1]).Fault.Code);
        Assert.All(Enumerable.Range(0, 200), i => Assert.False(ForkProof.Verify(file.AsSpan(0, file.Length * i / 200)).IsValid));

        FaultCode Verify(Action<ForkEvidence> spoil)
        {
            var spoilt = evidence.Clone();
            spoil(spoilt);
            return ForkProof.Verify(Google.Protobuf.MessageExtensions.ToByteArray(spoilt)).Fault.Code;
        }
    });

    private static string[] Titles(TestPerson person, GroupId group) =>
        [.. person.Client.Items.List(group).Select(item => item.Item.Title).Order(StringComparer.Ordinal)];

    private static string Field(Item item, string name) => ItemTemplates.ValueOf(item, name) ?? "";

    private static async Task ClosedAsync(TestPerson person)
    {
        try
        {
            await person.Client.DisposeAsync();
        }
        catch (CrashException)
        {
        }
    }

    // What waits, as it is on disk; the client is closed for that, and opened again.
    private static async Task<List<string>> RowsAsync(TestPerson person)
    {
        await person.Client.DisposeAsync();
        var rows = new List<string>();
        await using (var replica = new SqliteConnection($"Data Source={Path.Combine(person.Home, "replica.sqlite")};Pooling=False"))
        {
            replica.Open();
            await using var command = replica.CreateCommand();
            command.CommandText = "SELECT hex(op_id) || hex(base_hash) || hex(base_box) || hex(edit_box) || state FROM outbox ORDER BY place";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                rows.Add(reader.GetString(0));
            }
        }

        await person.RestartAsync();
        await person.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        return rows;
    }
}
