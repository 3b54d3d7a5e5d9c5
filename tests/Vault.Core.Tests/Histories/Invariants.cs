using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>What must hold after every accepted commit, whoever wrote it.</summary>
internal static class Invariants
{
    public static void Check(VerifiedGroup before, GroupBody body, VerifiedGroup after)
    {
        Assert.False(before.Closed, "closed stays closed");
        Assert.Contains(after.Members.Values, member => member.Role == Role.Owner);
        Assert.True(after.Head.Seq == before.Head.Seq + 1);
        Keys(before, body, after);
        Anchors(before, body, after);
        Invites(before, after);
        Assert.Empty(after.DeletedItems.Intersect(after.Items.Keys));
        Assert.True(after.DeletedItems.IsSupersetOf(before.DeletedItems), "deletes are final");
        Assert.True(after.Kind == GroupKind.Shared || (after.Members.Count == 1 && after.Invites.Count == 0), "a personal group is one person's");
    }

    private static void Keys(VerifiedGroup before, GroupBody body, VerifiedGroup after)
    {
        if (body.Epoch is { } epoch)
        {
            Assert.True(after.Epoch == epoch.Number && after.Epoch > before.Epoch, "epochs rise");
            Assert.Equal(after.Members.Keys, epoch.Seals.Select(seal => AccountId.Parse(seal.Account.Span)));
            Assert.Equal(after.Members.Values.Select(m => m.Anchor.SealingKeyId.ToByteString()), epoch.Seals.Select(seal => seal.KeyId));
            Assert.False(after.RotationDue);
        }
        else
        {
            Assert.Equal(before.Epoch, after.Epoch);
            Assert.True(after.RotationDue || !before.RotationDue, "only an epoch settles a rotation");
        }

        var gone = before.Members.Keys.Except(after.Members.Keys).ToArray();
        Assert.True(gone.Length == 0 || body.Epoch is not null || after.RotationDue, "who goes takes no later key along");
        ulong[] boxes =
        [
            .. body.Puts.Select(put => put.Epoch),
            .. body.OpenInvites.Select(open => open.Terms.Epoch),
            .. body.Info is { } info ? [info.Info.Epoch] : Array.Empty<ulong>(),
            .. body.Note is { } note ? [note.Epoch] : Array.Empty<ulong>(),
        ];
        Assert.True(boxes.Length == 0 || !after.RotationDue, "nothing is boxed while rotation is due");
        Assert.All(boxes, box => Assert.Equal(after.Epoch, box));
    }

    private static void Anchors(VerifiedGroup before, GroupBody body, VerifiedGroup after)
    {
        foreach (var member in after.Members.Values)
        {
            var known = before.MemberOf(member.Account)?.Anchor.Head ?? before.FormerMembers.GetValueOrDefault(member.Account);
            Assert.True(member.Anchor.Head.Seq >= known.Seq, "anchors never go back");
        }

        var come = after.Members.Keys.Except(before.Members.Keys);
        Assert.True(come.All(id => body.Adds.Any(add => add.Account == id.ToByteString())), "nobody comes but by an add");
        var author = before.MemberOf(AccountId.Parse(body.AuthorAccount.Span))!;
        foreach (var (id, was) in before.Members.Where(m => m.Key != author.Account))
        {
            var now = after.MemberOf(id);
            var touched = now is null || now.Role != was.Role;
            Assert.True(!touched || author.Role == Role.Owner || (author.Role == Role.Admin && was.Role < Role.Admin), "no action upward");
            Assert.True(now is null || now.Role <= was.Role || author.Role == Role.Owner || now.Role < Role.Admin, "no grant upward");
        }
    }

    private static void Invites(VerifiedGroup before, VerifiedGroup after)
    {
        Assert.Empty(after.ClosedInvites.Intersect(after.Invites.Keys));
        Assert.True(after.ClosedInvites.IsSupersetOf(before.ClosedInvites), "closed invites stay closed");
        Assert.True(before.Invites.Keys.All(id => after.Invites.ContainsKey(id) || after.ClosedInvites.Contains(id)), "no invite is forgotten");
        foreach (var invite in after.Invites.Values)
        {
            var opener = after.MemberOf(invite.Opener);
            Assert.True(opener is not null, "an opener is a member");
            Assert.True(opener.Role == Role.Owner || (opener.Role == Role.Admin && invite.Role < Role.Admin), "an opener could grant it still");
            Assert.True(opener.Anchor.IsAuthorised(invite.OpenerDevice), "an opener's device is authorised");
        }
    }
}
