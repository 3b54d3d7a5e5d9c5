using System.Security.Cryptography;
using Google.Protobuf;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Groups;
using Vault.Crypto.Items;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// A group as one reader opens it from what the relay serves and own keys alone: chain verified from the genesis, group key
/// from the reader's own seal, every blob fetched and opened.
/// </summary>
internal static class OpenedGroup
{
    private const int HashesPerCall = 64;

    /// <summary>Every live item by id. Fails when one does not open.</summary>
    public static async Task<SortedDictionary<ItemId, Item>> ReadAsync(
        RelayCalls calls, Author reader, GroupId group, CancellationToken cancellationToken)
    {
        using var keys = new EpochKeys(group, reader.Account.Id);
        VerifiedGroup? state = null;
        foreach (var entry in await calls.PullAllAsync(group.ToByteString(), cancellationToken))
        {
            var commit = (state is null ? GroupRules.Found(entry) : GroupRules.Extend(state, entry)).Value;
            Assert.Null(keys.Learn(commit, reader.Daily));
            state = commit.After;
        }

        var blobs = await FetchAsync(calls, group, [.. state!.Items.Values.Select(item => item.BlobHash)], cancellationToken);
        var opened = new SortedDictionary<ItemId, Item>();
        foreach (var item in state.Items.Values)
        {
            var plain = ItemBox.Open(keys.KeyOf(item.Epoch)!, group, item.Id, item.Epoch, blobs[item.BlobHash].Span);
            Assert.NotNull(plain);
            opened.Add(item.Id, plain);
        }

        return opened;
    }

    /// <summary>SHA-256 over opened groups: ids and whole items in the order of ids. 64 hexadecimal digits.</summary>
    public static string Digest(IEnumerable<SortedDictionary<ItemId, Item>> groups)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (id, item) in groups.SelectMany(group => group))
        {
            var bytes = item.ToByteArray();
            digest.AppendData(id.ToArray());
            digest.AppendData(BitConverter.GetBytes(bytes.Length));
            digest.AppendData(bytes);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static async Task<Dictionary<BlobHash, ByteString>> FetchAsync(
        RelayCalls calls, GroupId group, List<BlobHash> wanted, CancellationToken cancellationToken)
    {
        var blobs = new Dictionary<BlobHash, ByteString>();
        while (wanted.Where(hash => !blobs.ContainsKey(hash)).Take(HashesPerCall).ToList() is { Count: > 0 } some)
        {
            var request = new GetBlobsRequest { Group = group.ToByteString() };
            request.Hashes.Add(some.Select(hash => hash.ToByteString()));
            var response = await calls.GetBlobsAsync(request, cancellationToken);
            Assert.Empty(response.Absent);
            Assert.NotEmpty(response.Blobs);
            foreach (var blob in response.Blobs)
            {
                blobs[BlobHashes.Of(blob.Content.Span)] = blob.Content;
            }
        }

        return blobs;
    }
}
