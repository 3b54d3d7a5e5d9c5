using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Doctor;

/// <summary>What the groups' verified states say: histories that part, faults, groups with one owner, keys that are not here.</summary>
internal static class GroupChecks
{
    public static CheckResult Forks(IReadOnlyList<GroupFacts> groups, Fault? account)
    {
        var forked = groups.Where(group => group.Status.State == FreshnessState.Forked || group.Status.Disputed).Select(group => group.Name).ToList();
        return account?.Code is FaultCode.AccountForked or FaultCode.ClonedDevice
            ? new("forks", CheckState.Fail, new VaultException(account).Message, "Revoke the device, or keep one copy of this home.")
            : forked.Count == 0
                ? new("forks", CheckState.Ok, "no other history was shown, here or to another device")
                : new("forks", CheckState.Fail, $"other histories are known of {string.Join(", ", forked)}", "svault group code, compared with another member");
    }

    /// <summary>Groups that are not as they should be, by their state or a fault. That the relay does not answer at all is the poll's to say.</summary>
    public static CheckResult Faults(IReadOnlyList<GroupFacts> groups, Fault? connection)
    {
        var amiss = groups.Where(group => group.Status.State is not (FreshnessState.Ended or FreshnessState.Offline)
            && (group.Status.Fault is not null || !group.Status.IsFresh)).ToList();
        var texts = amiss.Select(group => $"{group.Name}: {group.Status.Fault?.ToString() ?? Words(group.Status)}").ToList();
        if (connection is not null)
        {
            texts.Insert(0, connection.ToString());
        }

        // What is being fetched will be here in a moment.
        var isUnderWay = connection is null && amiss.All(group => group.Status is { State: FreshnessState.CatchingUp, Fault: null });
        return texts.Count == 0
            ? new("faults", CheckState.Ok, "no group has a fault")
            : new("faults", isUnderWay ? CheckState.Warn : CheckState.Fail, string.Join("; ", texts.Distinct()), isUnderWay ? "svault sync" : "svault status");
    }

    private static string Words(GroupStatus status) => status.State switch
    {
        FreshnessState.CatchingUp => $"{status.MissingBlobs} items and {Math.Max(0, (long)(status.KnownSeq ?? 0) - (long)status.VerifiedSeq)} commits are under way",
        FreshnessState.Stale => "its head was not confirmed lately",
        FreshnessState.RelayBehind => "the relay has less than this device",
        FreshnessState.Withheld => "the relay does not name it",
        FreshnessState.UpdateNeeded => "it holds what a newer version wrote",
        FreshnessState.Forked => "another history of it is known",
        _ => status.State.ToString(),
    };

    /// <summary>Whoever is the only owner of a group with others should think of the day on which they cannot be.</summary>
    public static CheckResult Owners(IReadOnlyList<GroupFacts> groups)
    {
        var sole = groups.Where(group => group is { Members: > 1, Owners: 1, IsOwner: true }).Select(group => group.Name).ToList();
        return sole.Count == 0
            ? new("owners", CheckState.Ok, "no group with others hangs on this account alone")
            : new("owners", CheckState.Warn, $"this account is the only owner of {string.Join(", ", sole)}", $"svault member role {sole[0]} PERSON owner");
    }

    public static CheckResult Epochs(IReadOnlyList<GroupFacts> groups, bool isLocked)
    {
        if (isLocked)
        {
            return new("epochs", CheckState.Skipped, "which keys are here can be told only unlocked", "svault unlock");
        }

        var current = groups.Where(group => group.LacksCurrentEpoch).Select(group => group.Name).ToList();
        var older = groups.Where(group => group is { LacksCurrentEpoch: false, LackedEpochs: > 0 }).Select(group => group.Name).ToList();
        return current.Count > 0
            ? new("epochs", CheckState.Fail, $"the present key of {string.Join(", ", current)} is not here", "Ask another member to change any item there: the next writer starts a new key.")
            : older.Count > 0
                ? new("epochs", CheckState.Warn, $"items of {string.Join(", ", older)} are boxed under keys that are not here", "Ask a member who can read them to put them again.")
                : new("epochs", CheckState.Ok, "the keys of every epoch in use are here");
    }
}

/// <summary>What the checks ask of one group.</summary>
internal sealed record GroupFacts
{
    public required string Name { get; init; }

    public required GroupStatus Status { get; init; }

    public int Members { get; init; }

    public int Owners { get; init; }

    public bool IsOwner { get; init; }

    public bool LacksCurrentEpoch { get; init; }

    /// <summary>Epochs that box a live item and whose keys are not here.</summary>
    public int LackedEpochs { get; init; }
}
