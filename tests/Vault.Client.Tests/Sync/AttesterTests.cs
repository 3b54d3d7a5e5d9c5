using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Sync;

/// <summary>When a device speaks and what it echoes: Ann's laptop and her phone, whose clock the test holds, one group and no relay.</summary>
public sealed class AttesterTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(61);
    private readonly ShiftedBootClock _clock = new();

    [Fact]
    public Task A_head_that_moved_is_said_and_never_twice_in_a_minute() => RunAsync((laptop, _) =>
    {
        Assert.Single(laptop.Say());
        laptop.GoBackOne();
        _clock.Shift += TimeSpan.FromSeconds(55);
        Assert.Empty(laptop.Say());
        _clock.Shift += TimeSpan.FromSeconds(6);
        Assert.Single(laptop.Say());
    });

    [Fact]
    public Task At_rest_it_is_said_every_ten_minutes_or_once_a_minute_by_all_devices_together() => RunAsync((laptop, _) =>
    {
        Assert.Single(laptop.Say());
        _clock.Shift += TimeSpan.FromSeconds(590);
        Assert.Empty(laptop.Say());
        _clock.Shift += TimeSpan.FromSeconds(11);
        Assert.Single(laptop.Say());
        Assert.Equal(TimeSpan.FromMinutes(10), Attester.RestOf(devices: 10));
        Assert.Equal(TimeSpan.FromMinutes(500), Attester.RestOf(devices: 500));
    });

    [Fact]
    public Task What_others_said_at_this_head_is_echoed_once_more_and_no_oftener() => RunAsync((laptop, phone) =>
    {
        Assert.Single(laptop.Say());
        laptop.Hear(phone.Say());
        _clock.Shift += Minute;
        var second = AttestationBody.Parser.ParseFrom(Assert.Single(laptop.Say()).Body);
        Assert.Equal(phone.Device.ToByteString(), Assert.Single(second.Echoes).Device);

        phone.GoBackOne();
        Assert.Single(phone.Say());
        phone.GoForth();
        _clock.Shift += Minute;
        laptop.Hear(phone.Say());
        _clock.Shift += Minute;
        Assert.Empty(laptop.Say());
    });

    [Fact]
    public Task Who_is_not_on_the_roster_says_nothing_and_is_not_echoed() => RunAsync((laptop, phone) =>
    {
        laptop.Hear(phone.Say());
        phone.GoBackToBeforeThePhone();
        _clock.Shift += TimeSpan.FromMinutes(11);
        Assert.Empty(phone.Say());
        laptop.GoBackToBeforeThePhone();
        Assert.Empty(AttestationBody.Parser.ParseFrom(Assert.Single(laptop.Say()).Body).Echoes);
    });

    [Fact]
    public Task The_next_process_goes_on_above_every_counter_that_left_whatever_chance_gives() => RunAsync((laptop, _) =>
    {
        laptop.Chance.Next = 0xff;
        var said = AttestationBody.Parser.ParseFrom(Assert.Single(laptop.Say()).Body).Counter;
        laptop.StartAnew();
        laptop.Chance.Next = 0;
        Assert.Equal(said + 1, AttestationBody.Parser.ParseFrom(Assert.Single(laptop.Say()).Body).Counter);
    });

    [Fact]
    public Task An_own_statement_that_is_handed_back_takes_no_counter_back() => RunAsync((laptop, _) =>
    {
        var old = laptop.Say();
        _clock.Shift += TimeSpan.FromMinutes(11);
        var newest = AttestationBody.Parser.ParseFrom(Assert.Single(laptop.Say()).Body).Counter;
        laptop.Hear(old);
        Assert.Equal(newest, laptop.CounterOnDisk);
    });

    private Task RunAsync(Action<Speaker, Speaker> body) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var group = Personal(ann);

        // Its first commit brings the device into the group's roster.
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(group, Login("from the phone")), TimeSpan.FromSeconds(20));
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login("from the laptop")), TimeSpan.FromSeconds(20));
        await phone.Client.Sync.SyncAsync();
        await ann.Client.DisposeAsync();
        await phone.Client.DisposeAsync();
        using var one = new Speaker(ann.Home, group, _clock);
        using var other = new Speaker(phone.Home, group, _clock);
        body(one, other);
    });

    /// <summary>One device, as far as its statements go. What it heard before it was closed is forgotten.</summary>
    private sealed class Speaker : IDisposable
    {
        private readonly ClientCore _core;
        private readonly FollowedGroup _group;
        private readonly VerifiedGroup _newest;
        private Attester _attester;

        public Speaker(string home, GroupId group, IBootClock clock)
        {
            OpenDisk.Execute(home, "DELETE FROM attestation");
            _core = new ClientCore(new ClientOptions { HomeDirectory = home }, TestPerson.Seams() with { BootClock = clock, Random = Chance });
            _core.Open();
            ReplicaLoader.Load(_core);
            _group = _core.Groups[group];
            _newest = _group.State!;
            _attester = new Attester(_core, new Witnesses(_core));
        }

        public Chance Chance { get; } = new();

        public DeviceId Device => _core.Account!.Device;

        public ulong CounterOnDisk => _core.Replica.Attestations.CounterOf(_group.Id, Device);

        /// <summary>What is due; the relay takes it.</summary>
        public List<Attestation> Say()
        {
            var due = _attester.Due();
            _attester.Said(due);
            return due;
        }

        public void Hear(List<Attestation> said) => said.ForEach(one => _attester.Hear(one, _core.BootNow));

        public void GoBackOne() => _group.State = At(chain => chain.Count - 1);

        public void GoForth() => _group.State = _newest;

        public void GoBackToBeforeThePhone() => _group.State = At(_ => 2);

        public void StartAnew() => _attester = new Attester(_core, new Witnesses(_core));

        public void Dispose() => _core.Dispose();

        private VerifiedGroup At(Func<List<SignedEntry>, int> count)
        {
            var chain = _core.Replica.Chains.Commits(_group.Id);
            return GroupRules.Verify(chain[..count(chain)]).Value;
        }
    }

    /// <summary>Chance that always gives the same byte.</summary>
    private sealed class Chance : IRandomSource
    {
        public byte Next { get; set; } = 1;

        public void Fill(Span<byte> destination) => destination.Fill(Next);
    }
}
