using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>What commits name.</summary>
internal static class BlobNames
{
    /// <summary>Every blob that a put of these bodies names, attachments included.</summary>
    public static HashSet<BlobHash> Of(IEnumerable<GroupBody> bodies) =>
        [.. bodies.SelectMany(body => body.Puts).SelectMany(put => put.Attachments.Select(chunk => chunk.Hash).Prepend(put.BlobHash))
            .Select(hash => BlobHash.Parse(hash.Span))];
}
