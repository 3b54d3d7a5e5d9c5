using Vault.Client.Doctor;
using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Transport;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Tests.Doctor;

/// <summary>Each check as a table: what it is shown, and how it comes out. Nothing that is wrong comes out as well.</summary>
public sealed class ChecksTests
{
    private static readonly ConnectionStatus Up = new(TimeSpan.FromMinutes(1), NotificationsFailing: false, MissedHints: 0, Fault: null, Reason: "");

    private static readonly ProbeResult Good = new(TimeSpan.FromMilliseconds(20), 1, "", TimeSpan.FromMilliseconds(5), "", TimeSpan.Zero);

    private static readonly GroupStatus Status = new()
    {
        State = FreshnessState.Live,
        ProofAge = TimeSpan.FromSeconds(1),
        VerifiedSeq = 5,
        KnownSeq = 5,
        MissingBlobs = 0,
        Pending = 0,
        Conflicts = 0,
        Quarantined = 0,
        Disputed = false,
    };

    private static readonly GroupFacts Family = new() { Name = "family", Status = Status, Members = 3, Owners = 2, IsOwner = true };

    [Fact]
    public void A_nonce_that_came_back_is_well_and_one_that_did_not_is_a_failure()
    {
        Assert.Equal(CheckState.Ok, PathChecks.Notifications(Good, Up).State);
        var lost = Good with { ByStream = null, StreamReason = "it did not come back" };
        var failed = PathChecks.Notifications(lost, Up);
        Assert.Equal(CheckState.Fail, failed.State);
        Assert.Contains("it did not come back", failed.Text, StringComparison.Ordinal);
        Assert.NotEmpty(failed.Command);
        Assert.Equal(CheckState.Fail, PathChecks.Notifications(lost with { Streams = 0 }, Up).State);
        Assert.Equal(CheckState.Warn, PathChecks.Notifications(lost with { Streams = null }, Up).State);
        Assert.Equal(CheckState.Fail, PathChecks.Notifications(lost with { Streams = null, ByPoll = null }, Up).State);
    }

    [Fact]
    public void A_nonce_that_comes_back_does_not_hide_changes_that_no_hint_announced()
    {
        var warned = PathChecks.Notifications(Good, Up with { NotificationsFailing = true, MissedHints = 3 });
        Assert.Equal(CheckState.Warn, warned.State);
        Assert.Contains("3 changes", warned.Text, StringComparison.Ordinal);
        Assert.Equal(CheckState.Warn, PathChecks.Notifications(Good with { ByStream = TimeSpan.FromSeconds(3) }, Up).State);
    }

    [Fact]
    public void A_poll_without_an_answer_is_a_failure()
    {
        Assert.Equal(CheckState.Ok, PathChecks.Poll(Good).State);
        Assert.Equal(CheckState.Fail, PathChecks.Poll(Good with { ByPoll = null, PollReason = "no connection" }).State);
    }

    [Fact]
    public void A_clock_that_is_off_is_a_warning_and_one_that_nobody_compares_is_not_well()
    {
        Assert.Equal(CheckState.Ok, PathChecks.Clock(Good with { ClockAhead = TimeSpan.FromMinutes(-2) }).State);
        Assert.Contains("behind", PathChecks.Clock(Good with { ClockAhead = TimeSpan.FromMinutes(-3) }).Text, StringComparison.Ordinal);
        Assert.Equal(CheckState.Warn, PathChecks.Clock(Good with { ClockAhead = TimeSpan.FromHours(1) }).State);
        Assert.Equal(CheckState.Skipped, PathChecks.Clock(Good with { ClockAhead = null }).State);
    }

    [Fact]
    public void A_pin_that_does_not_fit_is_a_failure_and_how_the_relay_is_known_is_said()
    {
        var pinned = RelayAddress.Parse($"https://vault.example#sha256/{new string('A', 43)}");
        Assert.Contains("pinned", PathChecks.Tls(pinned, Up).Text, StringComparison.Ordinal);
        Assert.Equal(CheckState.Fail, PathChecks.Tls(pinned, Up with { Fault = new Fault(FaultCode.BadPin), Reason = "another key" }).State);
        Assert.Equal(CheckState.Fail, PathChecks.Tls(pinned, Up with { Fault = new Fault(FaultCode.WrongRelayName), Reason = "another name" }).State);
        Assert.Contains("authorities", PathChecks.Tls(RelayAddress.Parse("https://vault.example"), Up).Text, StringComparison.Ordinal);
        Assert.Contains("plaintext", PathChecks.Tls(RelayAddress.Parse("http://127.0.0.1:7"), Up).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(AuditKind.Database), CheckState.Fail)]
    [InlineData(nameof(AuditKind.AccountEntry), CheckState.Fail)]
    [InlineData(nameof(AuditKind.Commit), CheckState.Fail)]
    [InlineData(nameof(AuditKind.Blob), CheckState.Fail)]
    [InlineData(nameof(AuditKind.MissingBlob), CheckState.Fail)]
    [InlineData(nameof(AuditKind.FormerValue), CheckState.Warn)]
    [InlineData(nameof(AuditKind.Edit), CheckState.Fail)]
    [InlineData(nameof(AuditKind.SignedCommit), CheckState.Fail)]
    [InlineData(nameof(AuditKind.Group), CheckState.Fail)]
    [InlineData(nameof(AuditKind.Attestation), CheckState.Warn)]
    [InlineData(nameof(AuditKind.Evidence), CheckState.Fail)]
    [InlineData(nameof(AuditKind.Authentication), CheckState.Fail)]
    public void Whatever_an_audit_finds_is_a_finding_with_a_remedy(string kind, CheckState state)
    {
        var finding = new AuditFinding(Enum.Parse<AuditKind>(kind), null, null, null, "something is wrong");
        var result = ReplicaChecks.Of(new AuditReport([finding, finding], 1, 1));
        Assert.Equal(state, result.State);
        Assert.Contains("something is wrong, and 1 more", result.Text, StringComparison.Ordinal);
        Assert.NotEmpty(result.Command);
        Assert.Equal(CheckState.Ok, ReplicaChecks.Of(new AuditReport([], 1, 1)).State);
    }

    [Fact]
    public void Edits_that_are_stuck_are_a_failure_and_edits_that_wait_are_not()
    {
        var waiting = Status with { Pending = 2, OldestPending = TimeSpan.FromHours(3) };
        Assert.Equal(CheckState.Ok, OutboxChecks.Waiting([("family", Status)], isLocked: false).State);
        Assert.Equal(CheckState.Ok, OutboxChecks.Waiting([("family", waiting)], isLocked: false).State);
        Assert.Equal("svault unlock", OutboxChecks.Waiting([("family", waiting)], isLocked: true).Command);
        var stuck = OutboxChecks.Waiting([("family", waiting with { IsStuck = true, Fault = new Fault(FaultCode.RelayRefuses) })], isLocked: false);
        Assert.Equal(CheckState.Fail, stuck.State);
        Assert.Contains("family: 2 for 3 h (RELAY_REFUSES", stuck.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Edits_that_were_set_aside_are_named()
    {
        Assert.Equal(CheckState.Ok, OutboxChecks.SetAside([("family", Status)]).State);
        Assert.Equal(CheckState.Warn, OutboxChecks.SetAside([("family", Status with { Quarantined = 1 })]).State);
    }

    [Fact]
    public void Other_histories_are_a_failure()
    {
        Assert.Equal(CheckState.Ok, GroupChecks.Forks([Family], null).State);
        Assert.Equal(CheckState.Fail, GroupChecks.Forks([Family with { Status = Status with { State = FreshnessState.Forked } }], null).State);
        Assert.Equal(CheckState.Fail, GroupChecks.Forks([Family with { Status = Status with { Disputed = true } }], null).State);
        Assert.Equal(CheckState.Fail, GroupChecks.Forks([Family], new Fault(FaultCode.AccountForked)).State);
        Assert.Equal(CheckState.Fail, GroupChecks.Forks([Family], new Fault(FaultCode.ClonedDevice)).State);
    }

    [Fact]
    public void A_groups_fault_and_the_accounts_are_named()
    {
        var withheld = Family with { Status = Status with { Fault = new Fault(FaultCode.Withheld) } };
        Assert.Equal(CheckState.Ok, GroupChecks.Faults([Family], null).State);
        Assert.Contains("family: WITHHELD", GroupChecks.Faults([withheld], null).Text, StringComparison.Ordinal);
        Assert.Equal(CheckState.Fail, GroupChecks.Faults([Family], new Fault(FaultCode.ReplicaChanged)).State);
        Assert.Equal(CheckState.Ok, GroupChecks.Faults([In(FreshnessState.Polling)], null).State);
        Assert.Equal(CheckState.Ok, GroupChecks.Faults([In(FreshnessState.Offline)], null).State);
        Assert.Equal(CheckState.Warn, GroupChecks.Faults([In(FreshnessState.CatchingUp)], null).State);
        foreach (var state in new[] { FreshnessState.Stale, FreshnessState.RelayBehind, FreshnessState.Withheld, FreshnessState.UpdateNeeded })
        {
            Assert.Equal(CheckState.Fail, GroupChecks.Faults([In(state), In(FreshnessState.CatchingUp)], null).State);
        }

        Assert.Equal(CheckState.Ok, GroupChecks.Faults([withheld with { Status = withheld.Status with { State = FreshnessState.Ended } }], null).State);
    }

    private static GroupFacts In(FreshnessState state) => Family with { Status = Status with { State = state } };

    [Fact]
    public void The_only_owner_among_others_is_warned_and_one_who_is_alone_is_not()
    {
        Assert.Equal(CheckState.Ok, GroupChecks.Owners([Family]).State);
        Assert.Equal(CheckState.Ok, GroupChecks.Owners([Family with { Members = 1, Owners = 1 }]).State);
        Assert.Equal(CheckState.Ok, GroupChecks.Owners([Family with { Owners = 1, IsOwner = false }]).State);
        Assert.Equal(CheckState.Warn, GroupChecks.Owners([Family with { Owners = 1 }]).State);
    }

    [Fact]
    public void Keys_that_are_not_here_are_told_apart_and_locked_nothing_is_claimed()
    {
        Assert.Equal(CheckState.Ok, GroupChecks.Epochs([Family], isLocked: false).State);
        Assert.Equal(CheckState.Skipped, GroupChecks.Epochs([Family], isLocked: true).State);
        Assert.Equal(CheckState.Warn, GroupChecks.Epochs([Family with { LackedEpochs = 1 }], isLocked: false).State);
        Assert.Equal(CheckState.Fail, GroupChecks.Epochs([Family with { LackedEpochs = 1, LacksCurrentEpoch = true }], isLocked: false).State);
    }
}
