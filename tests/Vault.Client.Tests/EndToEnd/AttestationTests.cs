using Grpc.Core;
using Microsoft.Data.Sqlite;
using Vault.Client.Groups;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Devices that prove to each other where they stand, through a real relay that may lie.</summary>
public sealed class AttestationTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly ShiftedBootClock _clock = new();
    private readonly Liar _liar = new();

    [Fact]
    public Task A_witness_age_is_true_also_when_the_relay_replays_what_a_device_said() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        await using var phone = await LinkedAsync(ann, relay);
        var group = Personal(ann);
        await ann.Client.Sync.SyncAsync();
        _clock.Shift += TimeSpan.FromSeconds(61);
        var before = _clock.Elapsed;
        await ann.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(DeviceStanding.Agrees, Other(ann, group).Standing);

        // The phone heard Ann's newest statement and echoes it with its next, a minute later.
        _clock.Shift += TimeSpan.FromSeconds(61);
        await phone.Client.Sync.SyncAsync();
        var answers = Heard();
        await ann.Client.Sync.SyncAsync();
        var proven = ann.Client.Groups.Convergence(group).Witness!;
        Assert.InRange(proven.AgreedAge!.Value, TimeSpan.FromSeconds(61), _clock.Elapsed - before);

        // An hour later the relay hands the same statement on as if it were new.
        _clock.Shift += TimeSpan.FromHours(1);
        _liar.Lie = answer => (answer as HeadsResponse)?.Attestations.AddRange(answers);
        Assert.NotEmpty(answers);
        await ann.Client.Sync.SyncAsync();
        Assert.True(Other(ann, group).AgreedAge >= TimeSpan.FromHours(1) + TimeSpan.FromSeconds(61));
        Assert.True(Other(ann, group).HeardAge >= TimeSpan.FromHours(1));
    });

    [Fact]
    public Task An_age_counts_from_when_the_poll_was_sent_also_across_a_restart() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        await using var phone = await LinkedAsync(ann, relay);
        var group = Personal(ann);
        await ann.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        _clock.Shift += TimeSpan.FromSeconds(61);
        await ann.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        _clock.Shift += TimeSpan.FromSeconds(61);
        await phone.Client.Sync.SyncAsync();

        // What the phone said lies in an answer that takes long to arrive.
        var took = TimeSpan.FromSeconds(40);
        _liar.Lie = answer =>
        {
            if (answer is HeadsResponse { Attestations.Count: > 0 })
            {
                _clock.Shift += took;
                _liar.Lie = null;
            }
        };
        await ann.Client.Sync.SyncAsync();
        Assert.Null(_liar.Lie);
        Assert.True(Other(ann, group).HeardAge >= took, $"{Other(ann, group)}");
        Assert.True(Other(ann, group).AgreedAge >= took + TimeSpan.FromSeconds(61), $"{Other(ann, group)}");
        await ann.RestartAsync();
        Assert.True(Other(ann, group).HeardAge >= took, $"{Other(ann, group)}");
        Assert.True(Other(ann, group).AgreedAge >= took + TimeSpan.FromSeconds(61), $"{Other(ann, group)}");
    });

    [Fact]
    public Task A_device_that_stays_away_is_so_many_changes_behind_also_after_a_restart() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        await using var phone = await LinkedAsync(ann, relay);
        var group = Personal(ann);
        await phone.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        for (var i = 0; i < 3; i++)
        {
            await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login($"change {i}")), Soon);
        }

        Assert.Equal((DeviceStanding.Behind, 3UL), (Other(ann, group).Standing, Other(ann, group).Behind));
        Assert.NotNull(Other(ann, group).BehindFor);
        await ann.RestartAsync();
        Assert.Equal((DeviceStanding.Behind, 3UL), (Other(ann, group).Standing, Other(ann, group).Behind));
        Assert.NotNull(Other(ann, group).BehindFor);
        Assert.NotNull(Other(ann, group).HeardAge);

        _clock.Shift += TimeSpan.FromMinutes(2);
        await phone.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Groups.Convergence(group).Agreeing);
        Assert.Empty(ann.Client.Groups.Convergence(group).Lagging);
    });

    [Fact]
    public Task A_relay_that_lost_a_group_is_told_again_and_one_that_gave_no_answer_gets_the_same_bytes() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        var sent = new List<Attestation>();
        _liar.Saw = request => sent.AddRange((request as HeadsRequest)?.Attestations ?? []);
        _liar.Lie = answer => _ = answer is HeadsResponse ? throw new RpcException(new Status(StatusCode.Unavailable, "the answer is lost")) : answer;
        await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync());
        _liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, sent.Count);
        Assert.Equal(sent[0], sent[1]);

        sent.Clear();
        await ann.Client.Sync.SyncAsync();
        Assert.Empty(sent);
        _liar.Lie = answer => (answer as HeadsResponse)?.Heads.Clear();
        await ann.Client.Sync.SyncAsync();
        _liar.Lie = null;
        Assert.Empty(sent);
        for (var i = 0; i < 3; i++)
        {
            await ann.Client.Sync.SyncAsync();
        }

        Assert.Single(sent);
    });

    [Fact]
    public Task A_home_that_is_put_back_from_a_copy_says_no_counter_twice() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        var counters = new List<ulong>();
        _liar.Saw = request => counters.AddRange(((request as HeadsRequest)?.Attestations ?? []).Select(said => AttestationBody.Parser.ParseFrom(said.Body).Counter));
        await ann.RestartAsync();
        await ann.Client.DisposeAsync();
        var file = Directory.GetFiles(ann.Home, "*", SearchOption.AllDirectories).Single(name => name.EndsWith("replica.sqlite", StringComparison.Ordinal));
        var copy = await File.ReadAllBytesAsync(file);
        for (var i = 0; i < 2; i++)
        {
            await ann.RestartAsync();
            await ann.Client.Sync.SyncAsync();
            await ann.Client.DisposeAsync();
            await File.WriteAllBytesAsync(file, copy);
        }

        Assert.Equal(2, counters.Count);
        Assert.Equal(2, counters.Distinct().Count());
        await ann.RestartAsync();
    });

    [Fact]
    public Task Stored_attestations_that_cannot_be_read_are_passed_over() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        var group = Personal(ann);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.DisposeAsync();
        using (var database = new SqliteConnection($"Data Source={Directory.GetFiles(ann.Home, "replica.sqlite", SearchOption.AllDirectories).Single()};Pooling=False"))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "INSERT INTO attestation (grp, device, counter, bytes) VALUES ($g, zeroblob(32), 7, x'ff'), (x'00', zeroblob(32), 7, x''), ($g, x'01', 1, x'')";
            command.Parameters.AddWithValue("$g", group.ToArray());
            Assert.Equal(3, command.ExecuteNonQuery());
        }

        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.True(ann.Client.Sync.Status(group).IsFresh);
        Assert.Equal(1, ann.Client.Groups.Convergence(group).Agreeing);
    });

    [Fact]
    public Task A_groups_code_is_the_same_on_two_devices_at_one_head_and_another_elsewhere() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", Seams());
        await using var phone = await LinkedAsync(ann, relay);
        var group = Personal(ann);
        await phone.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        var (words, head) = ann.Client.Groups.Code(group);
        Assert.Equal(6, words.Count);
        Assert.Equal(head, phone.Client.Groups.Code(group).Head);
        Assert.Equal(words, phone.Client.Groups.Code(group).Words);

        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login("one more")), Soon);
        Assert.NotEqual(words, ann.Client.Groups.Code(group).Words);
    });

    private static DeviceConvergence Other(TestPerson person, GroupId group) =>
        Assert.Single(person.Client.Groups.Convergence(group).Devices, device => device.Standing != DeviceStanding.Self);

    private ClientSeams Seams() => _liar.Seams() with { BootClock = _clock };

    private async Task<TestPerson> LinkedAsync(TestPerson person, TestRelay relay)
    {
        var phone = TestPerson.New(TestPerson.Seams() with { BootClock = _clock });
        await phone.Client.Accounts.LoginAsync(person.LoginOf(relay.Address));

        // Its first commit brings the device into the group's roster.
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(Personal(phone), Login("from the phone")), Soon);
        return phone;
    }

    // What the relay hands on from now on.
    private List<Attestation> Heard()
    {
        var heard = new List<Attestation>();
        _liar.Lie = answer => heard.AddRange(((answer as HeadsResponse)?.Attestations ?? []).Select(said => said.Clone()));
        return heard;
    }
}
