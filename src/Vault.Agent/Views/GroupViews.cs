using Vault.Client;
using Vault.Client.Sync;
using Vault.Core;
using Vault.Ipc.V1;
using Vault.Protocol.V1;
using GroupState = Vault.Ipc.V1.GroupState;
using GroupStatus = Vault.Client.Groups.GroupStatus;
using GroupView = Vault.Ipc.V1.GroupView;
using MemberView = Vault.Ipc.V1.MemberView;
using Role = Vault.Ipc.V1.Role;

namespace Vault.Agent.Views;

/// <summary>Groups, members and freshness, as the contract shows them. Roles and pins have the format's numbers.</summary>
internal static class GroupViews
{
    private const string Ended = "This account is not a member any more. Edits that were not sent are kept aside: svault outbox list.";

    /// <summary>A group, and how many of its devices agree.</summary>
    public static GroupView Of(VaultClient client, Client.Groups.GroupView group)
    {
        var view = Alone(client, group);
        ConvergenceViews.Add(client, group, view, withDevices: false);
        return view;
    }

    /// <summary>A group with each device of each member.</summary>
    public static GroupView WithDevices(VaultClient client, Client.Groups.GroupView group)
    {
        var view = Alone(client, group);
        ConvergenceViews.Add(client, group, view, withDevices: true);
        return view;
    }

    private static GroupView Alone(VaultClient client, Client.Groups.GroupView group) => new()
    {
        Id = group.Id.ToString(),
        Name = group.Name,
        Role = (Role)group.Role,
        Personal = group.Kind == GroupKind.Personal,
        Freshness = Of(group.Status, client.Sync.Connection().Reason),
        Epoch = group.Epoch,
        RotationDue = group.RotationDue,
        Members = (uint)group.Members,
        Items = (uint)group.Items,
    };

    // A fresh group has nothing to say for itself, unless edits wait in it or its replica was found changed.
    private static string ReasonOf(GroupStatus status, string connection) =>
        status.IsFresh && status.Pending == 0 && status.Fault?.Code != FaultCode.ReplicaChanged ? ""
        : status.State == FreshnessState.Ended ? Ended
        : status.Fault is { } fault ? FaultAdvice.Brief(fault)
        : status.IsFresh ? "" : connection;

    /// <summary>The states stand in one order on both sides; the contract's begin at 1.</summary>
    public static Freshness Of(GroupStatus status, string connection)
    {
        var freshness = new Freshness
        {
            State = (GroupState)((int)status.State + 1),
            Disputed = status.Disputed,
            VerifiedSeq = status.VerifiedSeq,
            MissingBlobs = (uint)status.MissingBlobs,
            Pending = (uint)status.Pending,
            Conflicts = (uint)status.Conflicts,
            Quarantined = (uint)status.Quarantined,
            Reason = ReasonOf(status, connection),
            Fault = (uint)(status.Fault?.Code ?? FaultCode.Unspecified),
            FaultName = status.Fault is { } fault ? FaultNames.Of(fault.Code) : "",
        };
        freshness.Stuck = status.IsStuck;
        if (status.OldestPending is { } oldest)
        {
            freshness.OldestPendingMs = (ulong)oldest.TotalMilliseconds;
        }

        if (status.ProofAge is { } age)
        {
            freshness.ProofAgeMs = (ulong)age.TotalMilliseconds;
        }

        if (status.KnownSeq is { } known)
        {
            freshness.KnownSeq = known;
        }

        return freshness;
    }

    public static MemberView Of(Client.Groups.MemberView member) => new()
    {
        AccountId = member.Account.ToString(),
        Name = member.Name,
        Role = (Role)member.Role,
        Self = member.IsSelf,
        Pin = member.Pin switch
        {
            null => PinState.Unspecified,
            PinOrigin.Invite => PinState.Invite,
            PinOrigin.Words => PinState.Words,
            _ => PinState.Met,
        },
        Devices = (uint)member.Devices,
    };

    /// <summary>Owners first, then by name, then by id.</summary>
    public static IEnumerable<MemberView> Ordered(IEnumerable<Client.Groups.MemberView> members) => members
        .OrderByDescending(member => member.Role)
        .ThenBy(member => member.Name, StringComparer.Ordinal)
        .ThenBy(member => member.Account)
        .Select(Of);
}
