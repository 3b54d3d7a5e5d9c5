using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>A signed commit with the blobs that it names, and where the chain stands after it.</summary>
public sealed record AuthoredCommit(GroupId Group, ChainHead Head, SignedEntry Entry, IReadOnlyList<byte[]> Blobs)
{
    /// <summary>What was boxed into the blob of the one put, for who checks later that it can be read; null: no put.</summary>
    public (ItemId Id, Item Plain)? Written { get; init; }

    /// <summary>The push of this commit alone.</summary>
    public PushRequest Push()
    {
        var request = new PushRequest { Group = Group.ToByteString() };
        request.Commits.Add(Entry);
        request.Blobs.Add(Blobs.Select(blob => new Blob { Content = UnsafeByteOperations.UnsafeWrap(blob) }));
        return request;
    }
}
