using Grpc.Core;
using Microsoft.Data.Sqlite;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>An edit once accepted survives races, crashes, forgotten tokens and a relay that is down.</summary>
public sealed class NothingLostTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_lost_race_keeps_both_edits() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        var added = ann.Client.Items.Add(Personal(ann), Login("first"));
        await ann.Client.Items.WaitAsync(added, Soon);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));

        var one = ann.Client.Items.Edit(added.Group, added.Item, item => item.Notes = "laptop");
        var other = phone.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, "username", "phone"));
        Assert.Equal(EditState.Saved, (await phone.Client.Items.WaitAsync(other, Soon)).State);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(one, Soon)).State);
        await phone.Client.Sync.SyncAsync();
        foreach (var client in new[] { ann.Client, phone.Client })
        {
            var item = client.Items.Get(added.Group, added.Item).Item;
            Assert.Equal("laptop", item.Notes);
            Assert.Equal("phone", ItemTemplates.ValueOf(item, "username"));
            Assert.Single(client.Items.List(added.Group));
        }
    });

    [Fact]
    public Task The_same_field_twice_becomes_a_conflict_copy() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        var added = ann.Client.Items.Add(Personal(ann), Login("first"));
        await ann.Client.Items.WaitAsync(added, Soon);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));

        var one = ann.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, "password", "laptop"));
        var other = phone.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, "password", "phone"));
        await phone.Client.Items.WaitAsync(other, Soon);
        await ann.Client.Items.WaitAsync(one, Soon);
        var item = ann.Client.Items.Get(added.Group, added.Item).Item;
        Assert.Equal("laptop", ItemTemplates.ValueOf(item, "password"));
        Assert.Contains(item.History, entry => entry.Value == "phone");
        var copy = Assert.Single(ann.Client.Items.List(added.Group), found => found.ConflictOf == added.Item);
        Assert.Equal("phone", ItemTemplates.ValueOf(copy.Item, "password"));
        Assert.Equal(1, ann.Client.Sync.Status(added.Group).Conflicts);
    });

    [Fact]
    public Task A_device_whose_commit_went_unanswered_goes_on_though_another_recorded_what_came_after_it() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await ann.Client.Sync.SyncAsync();

        // The commit arrives, and nothing of the group comes back.
        liar.Saw = request => Lose(request is PullRequest pull && pull.Group == family.ToByteString());
        liar.Lie = answer => Lose(answer is PushResponse);
        var edit = ann.Client.Items.Add(family, Login("unanswered"));
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(edit, TimeSpan.FromSeconds(1))).State);
        await phone.Client.Sync.SyncAsync();
        Assert.Equal("unanswered", Assert.Single(phone.Client.Items.List(family)).Item.Title);
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(family, Login("after it")), Soon);
        await phone.Client.Sync.SyncAsync();

        // What the phone recorded arrives before the group itself does (seed 4820).
        liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        Assert.True(ann.Client.Sync.Status(family).KnownSeq > ann.Client.Sync.Status(family).VerifiedSeq);
        liar.Saw = null;
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Empty(ann.Client.Items.Outbox());
        Assert.True(ann.Client.Sync.Status(family).IsFresh);
        Assert.Equal(2, ann.Client.Items.List(family).Count);

        static void Lose(bool it)
        {
            if (it)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "lost"));
            }
        }
    });

    [Fact]
    public Task An_item_that_is_deleted_while_its_first_value_is_under_way_is_deleted() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = Personal(ann);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login("kept")), Soon);
        var added = ann.Client.Items.Add(group, Login("gone"));
        ann.Client.Items.Edit(group, added.Item, item => item.Notes = "changed");
        var deleted = ann.Client.Items.Delete(group, added.Item);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(deleted, Soon)).State);
        Assert.Empty(ann.Client.Items.Outbox());
        Assert.Equal("kept", Assert.Single(ann.Client.Items.List(group)).Item.Title);
    });

    [Fact]
    public Task A_relay_that_is_down_keeps_the_edit_here() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await relay.DownAsync();
        var added = ann.Client.Items.Add(Personal(ann), Login("kept"));
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(1))).State);
        Assert.True((await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync())).IsOffline);
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("kept", ann.Client.Items.Get(added.Group, added.Item).Item.Title);
        await relay.UpAsync();
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        Assert.Empty(ann.Client.Items.Outbox());
    });

    [Theory]
    [InlineData("x'0102'")]
    [InlineData("x''")]
    [InlineData("foreign")]
    public Task A_token_of_no_use_leads_to_a_resync_that_keeps_the_outbox(string token) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        var added = ann.Client.Items.Add(family, Login("one"));
        await ann.Client.Items.WaitAsync(added, Soon);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var waiting = ann.Client.Items.Add(family, Login("two"));
        await phone.Client.Items.WaitAsync(phone.Client.Items.Delete(family, added.Item), Soon);

        await ann.Client.DisposeAsync();
        Spoil(ann.Home, token == "foreign" ? "(SELECT token FROM grp WHERE id<>g.id AND token IS NOT NULL)" : token);
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(waiting, Soon)).State);
        Assert.Equal("two", Assert.Single(ann.Client.Items.List(family)).Item.Title);
    });

    [Fact]
    public Task A_crash_before_or_after_any_commit_loses_nothing_and_applies_nothing_twice() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        for (var commit = 1; commit <= 6; commit++)
        {
            foreach (var after in new[] { false, true })
            {
                var probe = new CrashAt(commit, after);
                await using var ann = await TestPerson.RegisterAsync(relay, "Ann", TestPerson.Seams() with { CommitProbe = probe });
                var group = Personal(ann);
                AcceptedEdit? accepted = null;
                probe.Armed = true;
                try
                {
                    accepted = ann.Client.Items.Add(group, Login("kept"));
                    await ann.Client.Items.WaitAsync(accepted, Soon);
                }
                catch (CrashException)
                {
                }

                try
                {
                    await ann.Client.DisposeAsync();
                }
                catch (CrashException)
                {
                }

                probe.Armed = false;
                await ann.RestartAsync();
                await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
                await ann.Client.Sync.SyncAsync();
                await ann.Client.Sync.SyncAsync();
                var items = ann.Client.Items.List(group);
                Assert.True(items.Count == (accepted is null && !after ? 0 : 1), $"{items.Count} items after a crash at {commit}, after={after}");
                Assert.Empty(ann.Client.Items.Outbox());
            }
        }
    });

    [Fact]
    public Task A_replica_that_was_cut_short_while_locked_is_refused() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("one")), Soon);
        await ann.Client.DisposeAsync();
        Run(ann.Home, "DELETE FROM group_commit WHERE seq=(SELECT max(seq) FROM group_commit)");
        await ann.RestartAsync();
        var refused = await Assert.ThrowsAsync<VaultException>(() => ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes));
        Assert.Equal(FaultCode.ReplicaChanged, refused.Code);
    });

    [Fact]
    public Task A_second_process_on_one_home_is_told_so() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var second = new VaultClient(new ClientOptions { HomeDirectory = ann.Home }, TestPerson.Seams());
        Assert.Equal(ClientRefusal.InUse, Assert.Throws<VaultException>(second.Open).Refusal);
    });

    private static void Spoil(string home, string token) => Run(home, $"UPDATE grp AS g SET token={token}");

    private static void Run(string home, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(home, "replica.sqlite")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own literal.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
