using System.Security.Cryptography;
using Google.Protobuf;
using Vault.Client.Accounts;
using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Accounts;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Kit;

/// <summary>A member's device that signs whatever its owner wants, as far as the rules let it; on the home of a client that is closed.</summary>
internal sealed class RogueDevice : IDisposable
{
    private readonly ClientCore _core;
    private readonly GroupPuller _puller;
    private readonly GroupPusher _pusher;

    private RogueDevice(ClientCore core, CommitApplier applier)
    {
        _core = core;
        _puller = new GroupPuller(core, applier, new BlobFetcher(core), new SuffixPusher(core));
        _pusher = new GroupPusher(core, _puller, new MemberAnchors(core));
    }

    public static async Task<RogueDevice> TakeAsync(TestPerson person)
    {
        await person.Client.DisposeAsync();
        var core = new ClientCore(new ClientOptions { HomeDirectory = person.Home }, TestPerson.Seams());
        core.Open();
        ReplicaLoader.Load(core);
        var applier = new CommitApplier(core, new SavedEdits(), new FormerValues(core));
        await new Unlocker(core, applier).UnlockAsync(TestPerson.PasswordBytes, CancellationToken.None);
        return new RogueDevice(core, applier);
    }

    /// <summary>Signs and pushes one commit on the relay's head.</summary>
    public async Task<VerifiedCommit> CommitAsync(GroupId group, Action<CommitDraft> fill)
    {
        var followed = _core.Groups[group];
        await _puller.PullAsync(followed, CancellationToken.None);
        var commit = await _pusher.CommitAsync(followed, Filled, rotates: false, CancellationToken.None);
        return commit!;

        bool Filled(CommitDraft draft)
        {
            fill(draft);
            return true;
        }
    }

    /// <summary>Puts bytes that open under no key in an item's place.</summary>
    public Task<VerifiedCommit> PutJunkAsync(GroupId group, ItemId item) => CommitAsync(group, draft =>
    {
        draft.OpenKey(startEpoch: false);
        var junk = RandomNumberGenerator.GetBytes(Limits.BlobBytesMin);
        draft.Blobs.Add(junk);
        draft.Body.Puts.Add(new PutItem
        {
            Item = item.ToByteString(),
            Epoch = draft.Epoch,
            BlobHash = BlobHashes.Of(junk).ToByteString(),
            BlobSize = (uint)junk.Length,
            Replaces = draft.Before.Items[item].BlobHash.ToByteString(),
            OpId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.OperationIdBytes)),
        });
    });

    /// <summary>Puts an item, as a client would that made it so.</summary>
    public Task<VerifiedCommit> PutItemAsync(GroupId group, ItemId id, Item item) => CommitAsync(group, draft =>
    {
        draft.OpenKey(startEpoch: false);
        var blob = ItemBox.Seal(draft.Key, group, id, draft.Epoch, item, _core.Seams.Random);
        draft.Blobs.Add(blob);
        draft.Body.Puts.Add(new PutItem
        {
            Item = id.ToByteString(),
            Epoch = draft.Epoch,
            BlobHash = BlobHashes.Of(blob).ToByteString(),
            BlobSize = (uint)blob.Length,
            Replaces = draft.Before.Items[id].BlobHash.ToByteString(),
            OpId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.OperationIdBytes)),
        });
    });

    /// <summary>Puts the very bytes that an item holds in its place again, under this author's name and the newest epoch.</summary>
    public Task<VerifiedCommit> PutAgainAsync(GroupId group, ItemId item, bool startEpoch = false) => CommitAsync(group, draft =>
    {
        draft.OpenKey(startEpoch);
        var live = draft.Before.Items[item];
        draft.Body.Puts.Add(new PutItem
        {
            Item = item.ToByteString(),
            Epoch = draft.Epoch,
            BlobHash = live.BlobHash.ToByteString(),
            BlobSize = live.BlobSize,
            Replaces = live.BlobHash.ToByteString(),
            OpId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.OperationIdBytes)),
        });
    });

    /// <summary>Deletes an item for ever.</summary>
    public Task<VerifiedCommit> DeleteAsync(GroupId group, ItemId item) => CommitAsync(group, draft => draft.Body.Deletes.Add(new DeleteItem
    {
        Item = item.ToByteString(),
        Replaces = draft.Before.Items[item].BlobHash.ToByteString(),
        OpId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.OperationIdBytes)),
    }));

    /// <summary>Puts new items of these sizes, all in one commit.</summary>
    public Task<VerifiedCommit> PutNewAsync(GroupId group, params int[] sizes) => CommitAsync(group, draft =>
    {
        draft.OpenKey(startEpoch: false);
        foreach (var size in sizes)
        {
            var junk = RandomNumberGenerator.GetBytes(size);
            draft.Blobs.Add(junk);
            draft.Body.Puts.Add(new PutItem
            {
                Item = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.ItemIdBytes)),
                Epoch = draft.Epoch,
                BlobHash = BlobHashes.Of(junk).ToByteString(),
                BlobSize = (uint)junk.Length,
                OpId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.OperationIdBytes)),
            });
        }
    });

    /// <summary>A commit on the head that this device saw last, signed whatever the rules say of it; given to nobody.</summary>
    public SignedEntry Sign(GroupId group, Action<CommitDraft> fill)
    {
        var draft = new CommitDraft(_core.Groups[group].State!, _core.Account!, _core.Keys!, [], _core.Seams.Random);
        fill(draft);
        return draft.Sign();
    }

    /// <summary>The device's retirement, validly signed on the account chain as this device last saw it; given to nobody.</summary>
    public SignedEntry Retirement() => AccountEntries.RetireDevice(_core.Account!.State, _core.Keys!.Device);

    public void Dispose() => _core.Dispose();
}
