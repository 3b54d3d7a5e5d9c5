using Grpc.Core;
using Vault.Client.Accounts;
using Vault.Client.Doctor;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>
/// Rows changed behind the client's back, while it runs and while it does not: each is a finding and never a crash, and what others
/// hold too is put back without a head going down or an edit being lost.
/// </summary>
public sealed class ReplicaAuditTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("UPDATE account_entry SET entry=x'07' WHERE seq=1", true)]
    [InlineData("DELETE FROM account_entry WHERE seq=1", true)]
    [InlineData("UPDATE group_commit SET entry=x'ffff' WHERE seq=2", true)]
    [InlineData("UPDATE group_commit SET id=x'00' WHERE seq=2", true)]
    [InlineData("DELETE FROM group_commit WHERE seq=1", true)]
    [InlineData("UPDATE group_commit SET entry=(SELECT entry FROM group_commit AS o WHERE o.grp=group_commit.grp AND o.seq=1) WHERE seq=2", true)]
    [InlineData("UPDATE blob SET content=substr(content, 2)", true)]
    [InlineData("DELETE FROM blob", true)]
    [InlineData("UPDATE blob SET hash=substr(hash, 2)", true)]
    [InlineData("UPDATE attestation SET bytes=x'ffff'", true)]
    [InlineData("UPDATE attestation SET device=substr(device, 2)", true)]
    [InlineData("UPDATE chain_mac SET mac=x''", true)]
    [InlineData("UPDATE outbox SET fault=x'ffff'", false)]
    [InlineData("UPDATE outbox SET item=x'01'", false)]
    [InlineData("UPDATE outbox SET edit_box=x'01'", false)]
    [InlineData("INSERT INTO outbox (op_id, grp, item) VALUES (x'01', x'02', x'03')", false)]
    [InlineData("INSERT INTO journal (id, grp, seq, entry, ops, blobs) VALUES (x'01', zeroblob(32), 1, x'ffff', x'', x'')", false)]
    [InlineData("INSERT INTO grp (id, follow) VALUES (x'01', 1)", false)]
    [InlineData("INSERT INTO fork (grp, seq, ours, theirs) VALUES (zeroblob(32), 1, x'ffff', x'')", false)]
    [InlineData("INSERT INTO lost_commit VALUES (zeroblob(32), 1, zeroblob(32), x'ffff')", false)]
    [InlineData("UPDATE superseded SET hash=substr(hash, 2)", true)]
    public Task A_row_that_is_changed_while_the_client_runs_is_found_and_put_back_where_somebody_holds_it(string damage, bool canBeMended) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var disk = new OpenDisk();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", disk.Over(liar.Seams()));
        await EditsAsync(ann, liar);
        Assert.Equal(CheckState.Ok, Replica(await ann.Client.Doctor.ExamineAsync(mend: false)).State);
        var head = ann.Client.Sync.Status(Personal(ann)).VerifiedSeq;
        var waiting = ann.Client.Items.Outbox().Count;

        Assert.NotEqual(0, disk.Execute(damage));
        var found = Replica(await ann.Client.Doctor.ExamineAsync(mend: false));
        Assert.NotEqual(CheckState.Ok, found.State);
        Assert.NotEmpty(found.Command);
        var mended = Replica(await ann.Client.Doctor.ExamineAsync(mend: true));
        Assert.NotEmpty(mended.Mended);
        Assert.Equal(canBeMended, mended.State == CheckState.Ok);
        Assert.Equal(head, ann.Client.Sync.Status(Personal(ann)).VerifiedSeq);
        if (canBeMended)
        {
            Assert.Equal(waiting, ann.Client.Items.Outbox().Count);
            Assert.Equal(["four", "three", "two"], Titles(ann));
        }
    });

    [Theory]
    [InlineData("UPDATE group_commit SET entry=x'ffff' WHERE seq=2")]
    [InlineData("DELETE FROM group_commit WHERE seq>=2")]
    [InlineData("UPDATE blob SET content=x'00'")]
    [InlineData("UPDATE attestation SET bytes=x'ffff', device=x'01'")]
    [InlineData("UPDATE grp SET token=x'ff', position=77")]
    public Task A_home_with_damaged_rows_opens_says_so_and_is_mended(string damage) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await EditsAsync(ann, liar);
        liar.Saw = null;
        await ann.Client.DisposeAsync();
        Assert.NotEqual(0, OpenDisk.Execute(ann.Home, damage));

        await ann.RestartAsync();
        Assert.Equal(ClientState.Locked, ann.Client.State);
        var mended = Replica(await ann.Client.Doctor.ExamineAsync(mend: true));
        Assert.Equal(CheckState.Ok, mended.State);
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(["four", "three", "two"], Titles(ann));
        Assert.Empty(ann.Client.Items.Outbox());
    });

    [Fact]
    public Task A_row_that_cannot_be_read_stands_in_the_status_until_it_can() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var disk = new OpenDisk();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", disk.Over(TestPerson.Seams()));
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Connection().Fault);
        disk.Execute("INSERT INTO outbox (op_id, grp, item) SELECT x'01', id, x'03' FROM grp");
        Assert.Equal(FaultCode.ReplicaChanged, ann.Client.Sync.Status(Personal(ann)).Fault?.Code);
        Assert.Equal(FaultCode.ReplicaChanged, ann.Client.Sync.Connection().Fault?.Code);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("goes on")), Soon);
        disk.Execute("DELETE FROM outbox WHERE op_id=x'01'");
        Assert.Equal(CheckState.Ok, Replica(await ann.Client.Doctor.ExamineAsync(mend: true)).State);
        Assert.Null(ann.Client.Sync.Connection().Fault);
    });

    [Fact]
    public Task A_relay_that_shows_another_chain_is_no_source_for_what_is_missing() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var disk = new OpenDisk();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", disk.Over(liar.Seams()));
        await EditsAsync(ann, liar);
        disk.Execute("DELETE FROM group_commit WHERE seq=2");
        liar.Lie = answer =>
        {
            foreach (var record in (answer as PullResponse)?.Commits ?? [])
            {
                record.Commit.Signatures[0] = Google.Protobuf.ByteString.CopyFrom(new byte[64]);
            }
        };
        var lied = Replica(await ann.Client.Doctor.ExamineAsync(mend: true));
        Assert.Equal(CheckState.Fail, lied.State);
        Assert.Contains("FOREIGN_TOKEN", lied.Mended, StringComparison.Ordinal);
        liar.Lie = null;
        Assert.Equal(CheckState.Ok, Replica(await ann.Client.Doctor.ExamineAsync(mend: true)).State);
    });

    [Fact]
    public Task A_relay_that_says_it_lacks_everything_takes_no_former_value_away() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var disk = new OpenDisk();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", disk.Over(liar.Seams()));
        var sent = new List<BlobHash>();
        liar.Saw = request => sent.AddRange((request as PushRequest)?.Blobs.Select(blob => BlobHashes.Of(blob.Content.Span)) ?? []);
        var item = ann.Client.Items.Add(Personal(ann), Login("one"));
        await ann.Client.Items.WaitAsync(item, Soon);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(item.Group, item.Item, made => made.Title = "two"), Soon);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(item.Group, item.Item, made => made.Title = "three"), Soon);
        Assert.Equal(2, disk.Execute("UPDATE superseded SET bytes=bytes"));
        Assert.Equal(1, disk.Execute("DELETE FROM blob WHERE hash=(SELECT hash FROM superseded ORDER BY seq LIMIT 1)"));
        liar.Lie = answer =>
        {
            if (answer is GetBlobsResponse blobs)
            {
                blobs.Blobs.Clear();
                blobs.Absent.Add(sent.Select(hash => hash.ToByteString()));
            }
        };
        await ann.Client.Doctor.ExamineAsync(mend: true);
        Assert.Equal(2, disk.Execute("UPDATE superseded SET bytes=bytes"));

        liar.Lie = null;
        Assert.Equal(CheckState.Ok, Replica(await ann.Client.Doctor.ExamineAsync(mend: true)).State);
        Assert.Equal(3, disk.Execute("UPDATE blob SET grp=grp"));
    });

    [Fact]
    public Task Mending_without_the_relay_keeps_the_counter_of_what_this_device_said() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var counters = new List<ulong>();
        liar.Saw = request => counters.AddRange((request as HeadsRequest)?.Attestations.Select(said => AttestationBody.Parser.ParseFrom(said.Body).Counter) ?? []);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("one")), Soon);
        await ann.Client.Sync.SyncAsync();
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("two")), Soon);
        await ann.Client.Sync.SyncAsync();
        var last = counters.Max();
        await ann.Client.DisposeAsync();
        Assert.Equal(1, OpenDisk.Execute(ann.Home, "UPDATE attestation SET bytes=x'ffff'"));

        await relay.DownAsync();
        await ann.RestartAsync();
        Assert.Equal(CheckState.Ok, Replica(await ann.Client.Doctor.ExamineAsync(mend: true)).State);
        await ann.RestartAsync();
        await relay.UpAsync();
        counters.Clear();
        await ann.Client.Sync.SyncAsync();
        Assert.True(Assert.Single(counters) > last, "a counter was said twice");
    });

    // Three items in the chain, one of them changed once, and one that waits.
    private static async Task EditsAsync(TestPerson ann, Liar liar)
    {
        var personal = Personal(ann);
        var one = ann.Client.Items.Add(personal, Login("one"));
        await ann.Client.Items.WaitAsync(one, Soon);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(personal, one.Item, item => item.Title = "two"), Soon);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(ann.Client.Items.Add(personal, Login("three")), Soon)).State);
        await ann.Client.Sync.SyncAsync();
        liar.Saw = request =>
        {
            if (request is PushRequest)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "lost on the way"));
            }
        };
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(personal, Login("four")), TimeSpan.Zero);
    }

    private static CheckResult Replica(IReadOnlyList<CheckResult> results) => results.Single(result => result.Name == "replica");

    private static string[] Titles(TestPerson person) => [.. person.Client.Items.List(Personal(person)).Select(item => item.Item.Title)];
}
