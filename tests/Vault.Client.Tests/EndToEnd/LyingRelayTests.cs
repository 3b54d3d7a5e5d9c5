using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A relay that denies, withholds or garbles, and a disk that was changed while locked: nothing is lost, and it heals.</summary>
public sealed class LyingRelayTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_commit_that_is_taken_and_denied_keeps_its_content_here() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        liar.Lie = answer =>
        {
            Withhold(answer);
            if (answer is PushResponse push)
            {
                push.Outcome = PushOutcome.HeadMoved;
            }
        };
        var added = ann.Client.Items.Add(Personal(ann), Login("kept"));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        var seen = ann.Client.Items.Get(added.Group, added.Item);
        Assert.Null(seen.Damage);
        Assert.Equal("kept", seen.Item.Title);
    });

    [Fact]
    public Task A_lost_race_that_shows_no_commit_gets_no_second_signature_on_one_predecessor() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var signed = new Dictionary<ByteString, HashSet<ByteString>>();
        liar.Saw = request =>
        {
            foreach (var commit in (request as PushRequest)?.Commits ?? [])
            {
                var prev = GroupBody.Parser.ParseFrom(commit.Body).Prev;
                signed.TryAdd(prev, []);
                signed[prev].Add(commit.Body);
            }
        };
        PullResponse? old = null;
        liar.Lie = answer =>
        {
            if (answer is PullResponse pull)
            {
                old ??= pull.Clone();
                pull.Commits.Clear();
                pull.Head = old.Head;
                pull.Token = old.Token;
                pull.More = false;
            }
            else if (answer is PushResponse push)
            {
                push.Outcome = PushOutcome.HeadMoved;
            }
        };
        var added = ann.Client.Items.Add(Personal(ann), Login("kept"));
        Assert.NotEqual(EditState.Saved, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(2))).State);

        liar.Lie = null;
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        Assert.NotEmpty(signed);
        Assert.All(signed.Values, bodies => Assert.Single(bodies));
    });

    [Fact]
    public Task An_edit_waits_while_the_newest_value_is_withheld_and_merges_once_it_is_here() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        var added = ann.Client.Items.Add(Personal(ann), Login("first"));
        await ann.Client.Items.WaitAsync(added, Soon);
        _ = ann.Client.Items.Get(added.Group, added.Item);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var newer = phone.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, "password", "newer"));
        Assert.Equal(EditState.Saved, (await phone.Client.Items.WaitAsync(newer, Soon)).State);

        liar.Lie = Withhold;
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(1, ann.Client.Sync.Status(added.Group).MissingBlobs);
        var edit = ann.Client.Items.Edit(added.Group, added.Item, item => item.Notes = "note");
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(edit, TimeSpan.FromSeconds(1))).State);

        liar.Lie = null;
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(edit, Soon)).State);
        var merged = ann.Client.Items.Get(added.Group, added.Item).Item;
        Assert.Equal("newer", ItemTemplates.ValueOf(merged, "password"));
        Assert.Equal("note", merged.Notes);
        Assert.Equal(0, ann.Client.Sync.Status(added.Group).MissingBlobs);
    });

    [Fact]
    public Task A_record_without_a_commit_is_a_fault_and_no_defect() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(Personal(ann), Login("first")), Soon);
        liar.Lie = answer => (answer as PullResponse)?.Commits.Insert(0, new CommitRecord());
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.BadRequest, ann.Client.Sync.Status(Personal(ann)).Fault?.Code);
        liar.Lie = null;
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        await ann.Client.Sync.SyncAsync();
        Assert.Single(ann.Client.Items.List(Personal(ann)));
    });

    [Fact]
    public Task An_older_blob_put_under_the_newer_hash_while_locked_is_not_believed() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var added = ann.Client.Items.Add(Personal(ann), Login("old"));
        await ann.Client.Items.WaitAsync(added, Soon);
        await ann.Client.DisposeAsync();
        var old = (byte[])Sql(ann.Home, "SELECT content FROM blob WHERE grp=$g", ("$g", added.Group.ToArray()))!;
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(added.Group, added.Item, item => item.Title = "new"), Soon);
        await ann.Client.DisposeAsync();
        Sql(ann.Home, "UPDATE blob SET content=$c WHERE grp=$g", ("$c", old), ("$g", added.Group.ToArray()));

        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.NotNull(ann.Client.Items.Get(added.Group, added.Item).Damage);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal("new", ann.Client.Items.Get(added.Group, added.Item).Item.Title);
    });

    [Fact]
    public Task What_another_device_attested_is_known_after_a_restart() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var group = Personal(ann);
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(group, Login("shown")), Soon);
        await ann.Client.Sync.SyncAsync();
        var shown = ann.Client.Sync.Status(group).VerifiedSeq;
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(group, Login("hidden")), Soon);
        await phone.RestartAsync();
        await phone.Client.Sync.SyncAsync();

        var head = new GroupHead { Seq = shown, Id = ann.Client.Groups.Log(group, 1)[0].Id.ToByteString() };
        liar.Lie = answer =>
        {
            foreach (var named in (answer as HeadsResponse)?.Heads ?? [])
            {
                named.Head = head;
            }

            if (answer is PullResponse pull)
            {
                pull.Commits.Clear();
                pull.Head = head;
            }
        };
        await ann.Client.Sync.SyncAsync();
        Assert.True(ann.Client.Sync.Status(group).Disputed);
        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.True(ann.Client.Sync.Status(group).Disputed);
    });

    [Fact]
    public Task A_young_proof_proves_nothing_to_whoever_asks_for_one_from_now_on() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var group = Personal(ann);
        Assert.True(await ann.Client.Sync.ProveAsync(group));

        // Another head at a position that is verified here, and a chain that says nothing about it.
        liar.Lie = answer =>
        {
            foreach (var named in (answer as HeadsResponse)?.Heads ?? [])
            {
                named.Head.Id = ByteString.CopyFrom(new byte[32]);
            }

            if (answer is PullResponse pull)
            {
                pull.Commits.Clear();
                pull.Head = null;
            }
        };
        Assert.False(await ann.Client.Sync.ProveAsync(group));
        Assert.True(ann.Client.Sync.Status(group).IsFresh, "by age alone");
        liar.Lie = null;
        Assert.True(await ann.Client.Sync.ProveAsync(group));
    });

    [Fact]
    public Task A_defect_that_ends_one_part_shows_while_the_others_go_on() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await ann.RestartAsync();
        liar.Lie = answer => _ = answer is PullResponse ? throw new InvalidOperationException("a defect") : answer;
        ann.Client.Sync.Start();
        for (var i = 0; i < 100 && ann.Client.Sync.IsRunning; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        Assert.False(ann.Client.Sync.IsRunning);
        Assert.Contains("a defect", ann.Client.Sync.Connection().Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ann.Client.DisposeAsync().AsTask());
    });

    private static void Withhold(object answer)
    {
        (answer as GetBlobsResponse)?.Blobs.Clear();
        foreach (var record in (answer as PullResponse)?.Commits ?? [])
        {
            record.Blobs.Clear();
        }
    }

    private static object? Sql(string home, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(home, "replica.sqlite")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own literal.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar();
    }
}
