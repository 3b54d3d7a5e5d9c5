using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>Chunks that a relay lost, or that an editor named in a window and nobody has.</summary>
public sealed class LostAttachmentTests
{
    [Fact]
    public void An_item_whose_attachment_nobody_has_can_be_changed_and_one_that_is_named_anew_must_be_here() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var item = ItemId.Parse(world.Random.Bytes(16));
        var lost = Chunk(world);
        world.Relay.Window.Open(DateTimeOffset.MaxValue);
        var (put, blob) = circle.NewPut(item);
        put.Attachments.Add(lost);
        var suffix = new PushSuffixRequest
        {
            Group = circle.Id.ToByteString(),
            Commits = { circle.Commit(owner, body => body.Puts.Add(put)) },
            Blobs = { new Blob { Content = ByteString.CopyFrom(blob) } },
        };
        Assert.Equal(lost.Hash, Assert.Single((await world.Relay.Push.PushSuffixAsync(session, suffix, default)).MissingBlobs));
        world.Relay.Window.Close();

        // Refused, this edit would stay signed and on its way, and every later one of its device behind it.
        var (edit, edited) = circle.NewPut(item);
        edit.Attachments.Add(lost);
        Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, circle.Push([circle.Commit(owner, body => body.Puts.Add(edit))], edited))).Outcome);

        foreach (var chunk in new[] { Chunk(world), new AttachmentChunk { Hash = lost.Hash, Size = lost.Size * 2 } })
        {
            var (other, content) = circle.NewPut(item);
            other.Attachments.Add(chunk);
            await RefusedAsync(FaultCode.BadBlob, () => world.PushAsync(session, circle.Push([circle.Draft(owner, body => body.Puts.Add(other))], content)));
        }

        // Elsewhere it is named anew too.
        var (elsewhere, its) = circle.NewPut(ItemId.Parse(world.Random.Bytes(16)));
        elsewhere.Attachments.Add(lost);
        await RefusedAsync(FaultCode.BadBlob, () => world.PushAsync(session, circle.Push([circle.Draft(owner, body => body.Puts.Add(elsewhere))], its)));
    });

    private static AttachmentChunk Chunk(RelayWorld world) =>
        new() { Hash = ByteString.CopyFrom(world.Random.Bytes(Hash32.Size)), Size = Limits.BlobBytesMin };
}
