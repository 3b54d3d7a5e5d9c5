using Vault.Simulation.Validators.Streams;

namespace Vault.Simulation.Validators;

/// <summary>Every validator; tests/README.md says which promise and which invariant of the design each stands for.</summary>
public static class AllValidators
{
    /// <summary>A new set, for one history.</summary>
    public static IReadOnlyList<Validator> Create() =>
    [
        new NeverFalseFresh(),
        new FreshNeedsContact(),
        new FreshNeedsBlobs(),
        new PollsAreOfNow(),
        new StalenessIsBounded(),
        new MissesAreCounted(),
        new NoRollback(),
        new NoFork(),
        new NoLostAcknowledgement(),
        new NoLostEdit(),
        new NoLostPin(),
        new NoEditTwice(),
        new NoBlindOverwrite(),
        new Authority(),
        new OwnerExists(),
        new OneAddPerInvite(),
        new NoReturnByAnOldInvite(),
        new SealsAreTheRoster(),
        new RotationComesFirst(),
        new FormerKeysOpenNothing(),
        new BlindRelay(),
        new Convergence(),
        new Liveness(),
        new W01HelloComesFirst(),
        new W02HintsAreDurable(),
        new W03CommitsComeInOrder(),
        new W04NothingFallsBetween(),
        new W05StartsAtItsHead(),
        new W06StrangeTokensGetTheHead(),
        new W07InlineIsSmall(),
        new W08SlowReadersGetTheNewest(),
        new W10BeatsRise(),
        new W11FormerMembersHearTheEnd(),
        new W12NewMembersHearTheHead(),
        new W15EndedStreamsAreSilent(),
        new W16FourStreamsADevice(),
    ];
}
