using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>The one encoding of a group's state (FORMAT.md, section 8): every list ascending by its key.</summary>
internal static class GroupStateEncoding
{
    public static GroupState Of(VerifiedGroup group)
    {
        var state = new GroupState
        {
            Group = group.Id.ToByteString(),
            Head = group.Head.ToGroupHead(),
            Kind = group.Kind,
            Closed = group.Closed,
            Epoch = group.Epoch,
            RotationDue = group.RotationDue,
            Info = group.Info,
        };
        state.Members.Add(group.Members.Values.Select(Of));
        state.FormerMembers.Add(group.FormerMembers.Select(former => new FormerMember
        {
            Account = former.Key.ToByteString(),
            Anchor = former.Value.ToAccountHead(),
        }));
        state.Epochs.Add(group.Epochs.Values.Select(Of));
        state.Invites.Add(group.Invites.Values.Select(Of));
        state.ClosedInvites.Add(group.ClosedInvites.Select(id => id.ToByteString()));
        state.Items.Add(group.Items.Values.Select(Of));
        state.DeletedItems.Add(group.DeletedItems.Select(id => id.ToByteString()));
        return state;
    }

    private static MemberState Of(Member member) => new()
    {
        Account = member.Account.ToByteString(),
        Role = member.Role,
        Anchor = member.Anchor.ToState(),
    };

    private static EpochState Of(EpochRecord epoch) => new()
    {
        Number = epoch.Number,
        Commitment = epoch.Commitment,
        Author = epoch.Author.ToByteString(),
        Seq = epoch.Seq,
    };

    private static InviteState Of(OpenInviteRecord invite) => new()
    {
        Id = invite.Id.ToByteString(),
        Key = invite.Key,
        Role = invite.Role,
        Opener = invite.Opener.ToByteString(),
        OpenerDevice = invite.OpenerDevice.ToByteString(),
        Opened = invite.Opened.ToGroupHead(),
        Terms = invite.Terms,
    };

    private static ItemState Of(LiveItem item)
    {
        var state = new ItemState
        {
            Id = item.Id.ToByteString(),
            Epoch = item.Epoch,
            BlobHash = item.BlobHash.ToByteString(),
            BlobSize = item.BlobSize,
            Seq = item.Seq,
            Author = item.Author.ToByteString(),
            AuthorDevice = item.AuthorDevice.ToByteString(),
        };
        state.Attachments.Add(item.Attachments);
        return state;
    }
}
