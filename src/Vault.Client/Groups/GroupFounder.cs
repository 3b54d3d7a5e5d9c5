using Vault.Client.Accounts;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Groups;
using Vault.Protocol.V1;

namespace Vault.Client.Groups;

/// <summary>
/// A new group: genesis, and commit 1 with epoch 1, the name, and the founder's own name. Both are signed and stored before
/// either is sent, so a founding that a crash interrupts goes on with the same bytes.
/// </summary>
internal sealed class GroupFounder(ClientCore core)
{
    /// <summary>Signs and stores the founding commits, and follows the group. Nothing is sent yet.</summary>
    /// <param name="along">Runs inside the same transaction.</param>
    public FollowedGroup Prepare(GroupKind kind, GroupInfoPlain info, Action<GroupId> along)
    {
        var account = core.RequireAccount();
        var keys = core.RequireKeys();
        var random = core.Seams.Random;
        var genesis = GroupRules.Found(CommitSigner.Genesis(account.State, account.Entries, kind, keys.Device, random)).Value;
        var id = genesis.After.Id;
        var first = Sign(genesis.After, account, keys, info);
        core.Replica.Database.Transact("found", () =>
        {
            ReplicaGuard.Follow(core, keys, id, Follow.Accepted);
            core.Replica.Journal.Add(genesis.Head, id, genesis.Entry, [], []);
            core.Replica.Journal.Add(first.Head, id, first.Entry, [], []);
            along(id);
        });
        var group = new FollowedGroup(id, core.Seams.Time) { Follow = Follow.Accepted };
        core.Groups.Add(id, group);
        return group;
    }

    private VerifiedCommit Sign(VerifiedGroup founded, OwnAccount account, Keyring keys, GroupInfoPlain info)
    {
        var draft = new CommitDraft(founded, account, keys, [], core.Seams.Random);
        draft.OpenKey(startEpoch: true);
        draft.Body.Info = new GroupInfo
        {
            Info = BoxedFields.SealInfo(draft.Key, founded.Id, draft.Epoch, info, core.Seams.Random),
        };
        var name = LocalText.Open(keys.Daily.StorageKey, SettingTable.OwnName, core.Replica.Settings.Read(SettingTable.OwnName));
        draft.Note(core.WallMs, name.Length == 0 ? [] : [new MemberName { Account = account.Id.ToByteString(), Name = name }]);
        var commit = GroupRules.Extend(founded, draft.Sign()).Value;
        draft.Wipe();
        return commit;
    }
}
