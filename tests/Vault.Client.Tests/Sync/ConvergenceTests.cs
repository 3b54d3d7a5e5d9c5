using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Core.Ids;

namespace Vault.Client.Tests.Sync;

/// <summary>What devices of a group said, and what follows. A printed age is at least the true one, whatever the relay replays.</summary>
public sealed class ConvergenceTests
{
    private static readonly AccountId Ann = AccountId.Parse(Filled(1));
    private static readonly AccountId Ben = AccountId.Parse(Filled(2));
    private static readonly DeviceId Laptop = DeviceId.Parse(Filled(3));
    private static readonly DeviceId Phone = DeviceId.Parse(Filled(4));
    private readonly OwnStatements _own = new();

    [Fact]
    public void An_echo_proves_that_a_device_spoke_after_the_moment_it_echoes()
    {
        _own.Say(70, At(100));
        _own.Say(71, At(160));

        var witness = Hear(null, counter: 5, echo: 71, at: 200);

        Assert.Equal(At(160), witness.SignedAfter);
        Assert.Equal(TimeSpan.FromSeconds(340), witness.Age(At(500), 0));
    }

    [Fact]
    public void A_statement_that_comes_again_or_out_of_order_makes_no_age_younger()
    {
        _own.Say(70, At(100));
        var old = Hear(null, counter: 5, echo: 70, at: 130);
        _own.Say(71, At(160));
        var newest = Hear(old, counter: 6, echo: 70, at: 170);

        Assert.Null(Witness.After(newest, Heard(6, 400), 70, _own));
        Assert.Null(Witness.After(newest, Heard(5, 400), 70, _own));
        Assert.Null(Witness.After(newest, Heard(5, 400), 71, _own));
        Assert.Equal(TimeSpan.FromSeconds(400), newest.Age(At(500), 0));
    }

    [Fact]
    public void When_a_statement_came_proves_nothing()
    {
        var witness = Hear(null, counter: 5, echo: null, at: 499);

        Assert.Null(witness.Age(At(500), 0));
        Assert.Equal(TimeSpan.FromSeconds(1), witness.HeardAge(At(500), 0));
    }

    [Fact]
    public void An_echo_of_what_was_not_said_proves_nothing_also_once_it_is_said()
    {
        _own.Say(70, At(100));
        var early = Hear(null, counter: 5, echo: 71, at: 110);
        _own.Say(71, At(400));

        Assert.Null(early.Age(At(500), 0));
        Assert.Null(Witness.After(early, Heard(5, 410), 71, _own));
        Assert.Null(Hear(null, counter: 5, echo: 69, at: 110).Age(At(500), 0));
    }

    [Fact]
    public void What_was_proven_of_one_statement_holds_for_later_ones()
    {
        _own.Say(70, At(100));
        _own.Say(71, At(200));
        var first = Hear(null, counter: 5, echo: 71, at: 210);

        Assert.Equal(At(200), Hear(first, counter: 6, echo: null, at: 300).SignedAfter);
        Assert.Equal(At(200), Hear(first, counter: 7, echo: 70, at: 300).SignedAfter);
    }

    [Fact]
    public void Across_a_restart_an_age_is_the_wall_clocks_and_none_when_that_was_set_back()
    {
        _own.Say(70, At(100));
        var witness = Hear(null, counter: 5, echo: 70, at: 130) with { SignedAfter = null, HeardAt = null };

        Assert.Equal(1_000_100_000, witness.SignedAfterMs);
        Assert.Equal(TimeSpan.FromSeconds(900), witness.Age(At(5), 1_001_000_000));
        Assert.Null(witness.Age(At(5), 1_000_000_000));
    }

    [Fact]
    public void Only_so_many_own_statements_are_kept_and_the_oldest_prove_nothing_any_more()
    {
        for (ulong i = 0; i < 200; i++)
        {
            _own.Say(i, At(i));
        }

        Assert.Null(_own.SaidAt(71));
        Assert.Equal(At(72), _own.SaidAt(72));
    }

    [Fact]
    public void Each_device_stands_where_its_statement_says()
    {
        Assert.Equal(DeviceStanding.Agrees, Stand(seq: 9));
        Assert.Equal(DeviceStanding.Behind, Stand(seq: 7));
        Assert.Equal(DeviceStanding.Disputes, Stand(seq: 7, onChain: false));
        Assert.Equal(DeviceStanding.Disputes, Stand(seq: 9, onChain: false));
        Assert.Equal(DeviceStanding.Ahead, Stand(seq: 10, served: 10));
    }

    [Fact]
    public void More_than_the_relay_serves_is_disputed_only_once_it_was_asked_again()
    {
        Assert.Equal(DeviceStanding.Ahead, Stand(seq: 10, served: 9, heardAt: 50, askedAt: 40));
        Assert.Equal(DeviceStanding.Disputes, Stand(seq: 10, served: 9, heardAt: 50, askedAt: 50));
        Assert.Equal(DeviceStanding.Ahead, Stand(seq: 10, served: 9, heardAt: 50, askedAt: null));
    }

    [Fact]
    public void Devices_that_are_not_on_the_roster_or_speak_for_another_account_do_not_count()
    {
        var facts = Facts([Said(Phone, 9) with { SignedAfter = At(1) }]);

        Assert.Equal(2, Convergence.Of(facts).Agreeing);
        var revoked = Convergence.Of(facts with { Roster = [(Ann, Laptop)] });
        Assert.Equal(1, revoked.Agreeing);
        Assert.Null(revoked.Witness);
        var moved = Convergence.Of(facts with { Roster = [(Ann, Laptop), (Ann, Phone)] });
        Assert.Equal(1, moved.Agreeing);
        Assert.Null(moved.Witness);
    }

    [Fact]
    public void A_device_is_behind_since_the_first_commit_that_it_lacks_was_applied_here()
    {
        var facts = Facts([Said(Phone, 7)]) with { AppliedMs = seq => seq == 8 ? 4_000 : 9_000, WallNowMs = 10_000 };

        var phone = Assert.Single(Convergence.Of(facts).Lagging);
        Assert.Equal((2UL, TimeSpan.FromSeconds(6)), (phone.Behind, phone.BehindFor!.Value));
        Assert.Null(Convergence.Of(facts with { WallNowMs = 3_000 }).Lagging.Single().BehindFor);
        Assert.Null(Convergence.Of(facts with { AppliedMs = _ => 0 }).Lagging.Single().BehindFor);
    }

    [Fact]
    public void Whoever_disputes_stands_first_and_whoever_never_spoke_last()
    {
        DeviceId[] devices = [.. Enumerable.Range(10, 4).Select(i => DeviceId.Parse(Filled((byte)i)))];
        var facts = Facts([Said(devices[1], 8), Said(devices[2], 3), Said(devices[3], 7)]) with
        {
            Roster = [(Ann, Laptop), .. devices.Select(device => (Ben, device))],
            Contains = head => head.Seq != 3,
            AppliedMs = seq => (long)seq * 100,
            WallNowMs = 10_000,
        };

        Assert.Equal([devices[2], devices[3], devices[1], devices[0]], Convergence.Of(facts).Lagging.Select(device => device.Device));
        Assert.True(Convergence.Of(facts).Disputed);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, Hash32.Size)];

    private static ChainHead Head(ulong seq) => new(seq, EntryId.Parse(Filled((byte)seq)));

    private static Witness Said(DeviceId device, ulong seq) => new(Ben, device, 1, Head(seq));

    private static Witness Heard(ulong counter, double at) =>
        new(Ben, Phone, counter, Head(9)) { HeardAt = At(at), HeardMs = 1_000_000_000 + (long)(at * 1000) };

    private Witness Hear(Witness? before, ulong counter, ulong? echo, double at) => Witness.After(before, Heard(counter, at), echo, _own)!;

    private static DeviceStanding Stand(ulong seq, bool onChain = true, ulong served = 9, double heardAt = 1, double? askedAt = 2) =>
        Convergence.Of(Facts([Said(Phone, seq) with { HeardAt = At(heardAt) }]) with
        {
            Contains = _ => onChain,
            ServedSeq = served,
            ProofSentAt = askedAt is { } sent ? At(sent) : null,
        }).Devices.Single(device => device.Device == Phone).Standing;

    private static ConvergenceFacts Facts(Witness[] heard) => new()
    {
        Roster = [(Ann, Laptop), (Ben, Phone)],
        Self = Laptop,
        Heard = heard.ToDictionary(witness => witness.Device),
        Verified = Head(9),
        Contains = _ => true,
        AppliedMs = _ => 0,
        BootNow = At(100),
    };
}
