using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Groups;

/// <summary>The small boxes inside commits: name, note, invite terms. The relay sees a size class and an epoch.</summary>
public static class BoxedFields
{
    public static Boxed SealInfo(GroupKey key, GroupId group, ulong epoch, GroupInfoPlain info, IRandomSource random) =>
        Seal(key, epoch, InfoContext(group, epoch), info, random);

    public static GroupInfoPlain? OpenInfo(GroupKey key, GroupId group, Boxed boxed) =>
        Open(key, InfoContext(group, boxed.Epoch), boxed, GroupInfoPlain.Parser);

    public static Boxed SealNote(GroupKey key, GroupId group, ulong epoch, Note note, IRandomSource random) =>
        Seal(key, epoch, NoteContext(group, epoch), note, random);

    public static Note? OpenNote(GroupKey key, GroupId group, Boxed boxed) =>
        Open(key, NoteContext(group, boxed.Epoch), boxed, Note.Parser);

    public static Boxed SealTerms(
        GroupKey key, GroupId group, InviteId invite, ulong epoch, InviteTerms terms, IRandomSource random) =>
        Seal(key, epoch, TermsContext(group, invite, epoch), terms, random);

    public static InviteTerms? OpenTerms(GroupKey key, GroupId group, InviteId invite, Boxed boxed) =>
        Open(key, TermsContext(group, invite, boxed.Epoch), boxed, InviteTerms.Parser);

    private static BoxContext InfoContext(GroupId group, ulong epoch) =>
        BoxContext.For(Purpose.BoxGroupInfo, group.ToArray(), epoch);

    private static BoxContext NoteContext(GroupId group, ulong epoch) => BoxContext.For(Purpose.BoxNote, group.ToArray(), epoch);

    private static BoxContext TermsContext(GroupId group, InviteId invite, ulong epoch) =>
        BoxContext.For(Purpose.BoxInviteTerms, group.ToArray(), invite.ToArray(), epoch);

    private static Boxed Seal(GroupKey key, ulong epoch, BoxContext context, IMessage plain, IRandomSource random) => new()
    {
        Epoch = epoch,
        Box = UnsafeByteOperations.UnsafeWrap(PaddedBox.Seal(key.Bytes, context, plain, random)),
    };

    private static T? Open<T>(GroupKey key, BoxContext context, Boxed boxed, MessageParser<T> parser)
        where T : class, IMessage<T> => PaddedBox.Open(key.Bytes, context, boxed.Box.Span, parser);
}
