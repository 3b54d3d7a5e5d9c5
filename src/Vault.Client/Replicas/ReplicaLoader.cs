using Google.Protobuf;
using Vault.Client.Accounts;
using Vault.Client.Sync;
using Vault.Client.Transport;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Replicas;

/// <summary>
/// From disk to memory: every chain is verified again from its genesis, with public data only. A body that was changed on disk
/// breaks its chain and is refused; one that was taken away at the end shows at unlock, against the authenticated head.
/// </summary>
internal static class ReplicaLoader
{
    /// <summary>Loads account and groups; leaves a home without an account empty.</summary>
    public static void Load(ClientCore core)
    {
        var settings = core.Replica.Settings;
        if (settings.Read(SettingTable.Account) is not { } accountId)
        {
            return;
        }

        core.Account = AccountId.TryParse(ByteString.CopyFrom(accountId), out var id)
            ? LoadAccount(core, id)
            : throw new VaultException(new Fault(FaultCode.ReplicaChanged, "account"));
        if (core.Replica.Forks.Unsettled(core.Account.Id.Value) is [{ Seq: var seq }, ..])
        {
            core.AccountFault = new Fault(FaultCode.AccountForked).At(core.Account.Id.Value, seq, core.Account.Id);
        }

        foreach (var row in core.Replica.Chains.Groups())
        {
            var forks = core.Replica.Forks.Unsettled(row.Id.Value);
            var group = new FollowedGroup(row.Id, core.Seams.Time)
            {
                Follow = row.Follow,
                From = row.From,
                Floor = row.Floor,
                Opener = row.Opener,
                UpdateNeeded = row.UpdateNeeded,
                Recorded = row.Recorded,
                Forked = forks.Count > 0,
                KeepsMine = forks.Exists(fork => fork.KeepsMine),
                IsKeptThere = forks.Count > 0 && forks.TrueForAll(fork => fork.IsKeptThere),
                EpochFloor = row.EpochFloor,
                LostChanges = core.Replica.Forks.Changes(row.Id),
                WantsPull = true,
            };
            core.Groups.Add(row.Id, group);
            LoadGroup(core, group);
        }
    }

    /// <summary>Notes a verified commit in memory.</summary>
    public static void Note(FollowedGroup group, VerifiedCommit commit)
    {
        group.Tally.Follow(group.State?.Head, commit);
        group.State = commit.After;
        group.Ids.Add(commit.Head.Id);
        if (commit.Body.Epoch is not null || commit.Body.Adds.Count > 0)
        {
            group.KeyCommits.Add(commit);
        }
    }

    /// <summary>Counts anew which live blobs are not here.</summary>
    public static void CountBlobs(ClientCore core, FollowedGroup group)
    {
        group.MissingBlobs.Clear();
        if (group.State is { } state)
        {
            var present = core.Replica.Blobs.Present(group.Id);
            group.MissingBlobs.UnionWith(state.Items.Values.Select(item => item.BlobHash).Where(hash => !present.Contains(hash)));
        }
    }

    private static OwnAccount LoadAccount(ClientCore core, AccountId id)
    {
        var entries = core.Replica.Chains.AccountEntries(id);
        var verdict = AccountRules.Verify(entries);
        if (!verdict.IsValid)
        {
            throw new VaultException(new Fault(FaultCode.ReplicaChanged, "account chain") { Inner = verdict.Fault });
        }

        var settings = core.Replica.Settings;
        if (!DeviceId.TryParse(ByteString.CopyFrom(settings.Read(SettingTable.Device) ?? []), out var device) || verdict.Value.Id != id || !verdict.Value.Devices.TryGetValue(device, out var certified))
        {
            throw new VaultException(new Fault(FaultCode.ReplicaChanged, "account or device"));
        }

        var seed = core.Files.Read(KeyFiles.SyncKey);
        if (seed is not { Length: SigningKey.SeedSize })
        {
            throw new VaultException(new Fault(FaultCode.KeyMismatch, "sync key file"));
        }

        var syncKey = SigningKey.FromSeed(seed);
        seed.AsSpan().Clear();
        if (!syncKey.Matches(certified.SyncKey.Span))
        {
            syncKey.Dispose();
            throw new VaultException(new Fault(FaultCode.KeyMismatch, "sync key"));
        }

        return new OwnAccount(verdict.Value, entries, device, RelayAddress.Parse(settings.ReadText(SettingTable.Relay)), syncKey);
    }

    private static void LoadGroup(ClientCore core, FollowedGroup group)
    {
        foreach (var entry in core.Replica.Chains.Commits(group.Id))
        {
            var step = group.State is { } state ? GroupRules.Extend(state, entry) : GroupRules.Found(entry);
            if (!step.IsValid || step.Value.After.Id != group.Id)
            {
                // What stands before the defect is still true; the rest is pulled again, and the unlock checks the head.
                group.Fault = new Fault(FaultCode.ReplicaChanged, "commit") { Inner = step.IsValid ? null : step.Fault };
                group.From = ReadPoint.Start;
                break;
            }

            Note(group, step.Value);
        }

        CountBlobs(core, group);
    }
}
