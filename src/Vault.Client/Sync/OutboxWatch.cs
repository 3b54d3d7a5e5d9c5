using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// The watchdog over the outbox: how long a group's oldest edit has waited, and whether it waits although nothing that is known of stands
/// in its way. The age is by the wall clock, which outlives the process; that nothing stood in the way is by the boot clock.
/// </summary>
internal sealed class OutboxWatch(ClientCore core)
{
    /// <summary>How the edits of one group wait.</summary>
    public WaitingEdits Of(FollowedGroup group)
    {
        var waiting = core.Replica.Outbox.Of(group.Id).Where(edit => !edit.Quarantined).ToList();
        var made = waiting.Where(edit => edit.MadeMs > 0).Select(edit => edit.MadeMs).DefaultIfEmpty(core.WallMs).Min();
        return Judge(new WaitingFacts
        {
            Count = waiting.Count,
            Age = TimeSpan.FromMilliseconds(Math.Max(0, core.WallMs - made)),
            AnsweringFor = core.AnsweringSince is { } answering ? core.BootNow - answering : null,
            UnlockedFor = core.KeysSince is { } keys ? core.BootNow - keys : null,
            IsSigned = waiting.Count > 0 && core.Replica.Journal.GroupsInFlight().Contains(group.Id),
            Patience = core.Options.OutboxPatience,
            Why = group.Forked ? new Fault(FaultCode.Forked).At(group.Id.Value, group.VerifiedSeq, null)
                : group.IsBelowRecord ? group.BelowRecord
                : group.Fault,
        });
    }

    /// <summary>
    /// Stuck is what waits past patience while the relay answered all the time and the keys were there, or were not needed: offline and
    /// locked are reasons, and have lines of their own.
    /// </summary>
    public static WaitingEdits Judge(WaitingFacts facts) => new(
        facts.Count,
        facts.Count == 0 ? null : facts.Age,
        facts.Count > 0 && facts.Age > facts.Patience && facts.AnsweringFor > facts.Patience && (facts.IsSigned || facts.UnlockedFor > facts.Patience),
        facts.Why);
}

/// <summary>What the judgement on waiting edits follows from.</summary>
internal sealed record WaitingFacts
{
    public int Count { get; init; }

    public TimeSpan Age { get; init; }

    /// <summary>Null: the relay does not answer.</summary>
    public TimeSpan? AnsweringFor { get; init; }

    /// <summary>Null: locked.</summary>
    public TimeSpan? UnlockedFor { get; init; }

    /// <summary>A signed commit is on its way: it needs no key to go again.</summary>
    public bool IsSigned { get; init; }

    public TimeSpan Patience { get; init; }

    public Fault? Why { get; init; }
}

/// <summary>Edits of a group that the relay has not confirmed.</summary>
/// <param name="Oldest">How long the oldest has waited. Null: none waits.</param>
/// <param name="IsStuck">It waits past all patience although the relay answers.</param>
/// <param name="Why">What the group's trouble is, where one is known.</param>
public sealed record WaitingEdits(int Count, TimeSpan? Oldest, bool IsStuck, Fault? Why);
