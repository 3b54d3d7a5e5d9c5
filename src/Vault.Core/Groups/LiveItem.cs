using System.Collections.Immutable;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>An item that is live: the blob that holds it, the epoch that boxes the blob, and who wrote it where.</summary>
public sealed record LiveItem(
    ItemId Id,
    ulong Epoch,
    BlobHash BlobHash,
    uint BlobSize,
    ImmutableArray<AttachmentChunk> Attachments,
    ulong Seq,
    AccountId Author,
    DeviceId AuthorDevice);
