using Vault.Client.Accounts;
using Vault.Core.Ids;
using Vault.Crypto.Accounts;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Replicas;

/// <summary>
/// Authenticated heads (attack: edit the replica while locked). While unlocked each chain's head and state hash are kept under a
/// MAC; an unlock refuses a chain that does not pass through that head. What follows it was verified when it was loaded.
/// </summary>
internal static class ReplicaGuard
{
    /// <summary>Checks every chain; called at unlock, before any key is used. Null: nothing was changed.</summary>
    public static Fault? Check(ClientCore core, DailySecrets daily)
    {
        var account = core.Account!;
        var fault = Check(core, daily, account.Id.Value, account.IdAt);
        foreach (var group in core.Groups.Values)
        {
            fault ??= Check(core, daily, group.Id.Value, seq => seq < (ulong)group.Ids.Count ? group.Ids[(int)seq] : null);
        }

        return fault;
    }

    /// <summary>Authenticates every chain where it stands now.</summary>
    public static void WriteAll(ClientCore core)
    {
        if (core.Keys is not { } keys || core.Account is not { } account)
        {
            return;
        }

        core.Replica.Database.Transact("authenticate", () =>
        {
            Write(core, keys, account.Id.Value, account.State.Head, account.State.StateHash());
            foreach (var group in core.Groups.Values)
            {
                if (group.State is { } state)
                {
                    Write(core, keys, group.Id.Value, state.Head, state.StateHash());
                }
            }
        });
    }

    /// <summary>Inside a transaction: starts to follow a group. Its MAC says that nothing of it was verified yet.</summary>
    public static void Follow(ClientCore core, Keyring keys, GroupId group, Follow follow, EntryId? floor = null, AccountId? opener = null)
    {
        core.Replica.Chains.SetGroup(group, follow, floor, opener);
        if (core.Replica.Chains.ReadMac(group.Value) is null)
        {
            Write(core, keys, group.Value, default, default);
        }
    }

    /// <summary>Inside a transaction: authenticates one chain.</summary>
    public static void Write(ClientCore core, Keyring keys, Hash32 chain, ChainHead head, Hash32 stateHash) =>
        core.Replica.Chains.WriteMac(chain, head, stateHash, ReplicaMac.Of(keys.Daily.StorageKey, chain, head, stateHash));

    private static Fault? Check(ClientCore core, DailySecrets daily, Hash32 chain, Func<ulong, EntryId?> idAt)
    {
        if (core.Replica.Chains.ReadMac(chain) is not { } kept
            || !ReplicaMac.Verify(daily.StorageKey, chain, kept.Head, kept.StateHash, kept.Mac))
        {
            return new Fault(FaultCode.ReplicaChanged, "mac").At(chain, 0, null);
        }

        return kept.Head == default || idAt(kept.Head.Seq) == kept.Head.Id ? null : new Fault(FaultCode.ReplicaChanged, "head").At(chain, kept.Head.Seq, null);
    }
}
