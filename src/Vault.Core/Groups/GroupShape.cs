using Google.Protobuf;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// Lengths, presence, known values and order in a commit (rules 101, 108, 111, 112, 301, 335): no state needed, and no
/// length is believed before it was checked here. Fields are checked in the order of their numbers.
/// </summary>
internal static class GroupShape
{
    public static Fault? CheckHeader(GroupBody body) =>
        !Shape.Is32(body.AuthorAccount) ? Shape.Bad("author_account")
        : !Shape.Is32(body.AuthorDevice) ? Shape.Bad("author_device")
        : !ChainHead.TryParse(body.AuthorHead, out _) ? Shape.Bad("author_head")
        : null;

    public static Fault? Check(GroupBody body)
    {
        if (CheckHeader(body) is { } fault)
        {
            return fault;
        }

        if (body.Genesis is not null)
        {
            return new Fault(FaultCode.GroupGenesis, "a genesis stands at 0 only");
        }

        var changes = CountChanges(body);
        if (changes > Limits.CommitChanges)
        {
            return new Fault(FaultCode.TooManyChanges);
        }

        if (changes == 0 && body is { Info: null, Leave: null, Epoch: null, Close: null, Note: null })
        {
            return new Fault(FaultCode.EmptyEntry);
        }

        return CheckPeople(body) ?? CheckKeys(body) ?? CheckItems(body) ?? (body.Note is { } note ? Check(note, "note") : null);
    }

    /// <summary>How many list entries change something.</summary>
    public static int CountChanges(GroupBody body) =>
        body.ReAnchors.Count + body.Removes.Count + body.Roles.Count + body.CloseInvites.Count + body.OpenInvites.Count
        + body.Adds.Count + body.Deletes.Count + body.Puts.Count;

    public static Fault? Check(GroupGenesis genesis) =>
        genesis.Kind is not (GroupKind.Shared or GroupKind.Personal) ? Shape.Bad("genesis.kind")
        : genesis.AccountEntries.Count is < 2 or > Limits.AccountEntries ? Shape.Bad("genesis.account_entries")
        : !Shape.Is32(genesis.Random) ? Shape.Bad("genesis.random")
        : null;

    private static Fault? CheckPeople(GroupBody body) =>
        Each(body.ReAnchors, "re_anchors", reAnchor => reAnchor.Account, Hash32.Size, reAnchor => reAnchor.Entries.Count is >= 1 and < Limits.AccountEntries)
        ?? (body.Info is { } info ? (info.Info is null ? Shape.Bad("info") : Check(info.Info, "info")) : null)
        ?? Each(body.Removes, "removes", remove => remove.Account, Hash32.Size, _ => true)
        ?? Each(body.Roles, "roles", role => role.Account, Hash32.Size, role => IsRole(role.Role))
        ?? Each(body.CloseInvites, "close_invites", close => close.Invite, Hash32.Size, _ => true)
        ?? Each(body.OpenInvites, "open_invites", open => open.InviteKey, Hash32.Size, open => IsRole(open.Role) && open.Terms is not null)
        ?? body.OpenInvites.Select(open => Check(open.Terms, "open_invites.terms")).FirstOrDefault(fault => fault is not null)
        ?? (body.Adds.Count > Limits.CommitAdds ? new Fault(FaultCode.TooLarge, "adds") : null)
        ?? Each(body.Adds, "adds", add => add.Account, Hash32.Size, IsAdd);

    private static Fault? CheckKeys(GroupBody body)
    {
        if (body.Epoch is not { } epoch)
        {
            return null;
        }

        if (epoch.Number == 0 || !Shape.Is32(epoch.Commitment))
        {
            return Shape.Bad("epoch");
        }

        if (epoch.Wraps.Count > Limits.EpochWraps)
        {
            return new Fault(FaultCode.TooLarge, "epoch.wraps");
        }

        if (Each(epoch.Seals, "epoch.seals", seal => seal.Account, Hash32.Size, IsSeal) is { } fault)
        {
            return fault;
        }

        if (!epoch.Wraps.All(wrap => wrap.Epoch != 0 && wrap.Box.Length == Limits.EpochWrapBytes))
        {
            return Shape.Bad("epoch.wraps");
        }

        for (var i = 1; i < epoch.Wraps.Count; i++)
        {
            if (epoch.Wraps[i - 1].Epoch >= epoch.Wraps[i].Epoch)
            {
                return new Fault(FaultCode.NotAscending, "epoch.wraps");
            }
        }

        return null;
    }

    private static Fault? CheckItems(GroupBody body) =>
        Each(body.Deletes, "deletes", delete => delete.Item, ItemId.Size, delete => Shape.Is32(delete.Replaces) && IsOperation(delete.OpId))
        ?? Each(body.Puts, "puts", put => put.Item, ItemId.Size, IsPut)
        ?? body.Puts.Select(put => Each(put.Attachments, "puts.attachments", chunk => chunk.Hash, Hash32.Size, chunk => IsBlobSize(chunk.Size)))
            .FirstOrDefault(fault => fault is not null);

    // One list: every entry well formed, then all in order.
    private static Fault? Each<T>(IReadOnlyList<T> list, string field, Func<T, ByteString> key, int keySize, Func<T, bool> isWellFormed)
    {
        foreach (var entry in list)
        {
            if (key(entry).Length != keySize || !isWellFormed(entry))
            {
                return Shape.Bad(field);
            }
        }

        return Shape.CheckAscending(list, key, field);
    }

    private static Fault? Check(Boxed boxed, string field) =>
        boxed.Epoch == 0 || boxed.Box.Length is < Limits.BlobBytesMin or > Limits.BoxedBytesMax ? Shape.Bad(field) : null;

    private static bool IsAdd(AddMember add) =>
        IsRole(add.Role)
        && add.AccountEntries.Count is >= 2 and <= Limits.AccountEntries
        && (add.Seal is null || (Shape.Is32(add.Seal.Account) && IsSeal(add.Seal)))
        && (add.Proof is null || IsProof(add.Proof));

    private static bool IsProof(InviteProof proof) =>
        proof.Body.Length is > 0 and <= Limits.JoinBodyBytes
        && proof.InviteSignature.Length == Limits.SignatureBytes
        && proof.DeviceSignature.Length == Limits.SignatureBytes;

    private static bool IsSeal(Seal seal) => Shape.Is32(seal.KeyId) && seal.Sealed.Length == Limits.SealedKeyBytes;

    private static bool IsPut(PutItem put) =>
        put.Epoch != 0
        && Shape.Is32(put.BlobHash)
        && IsBlobSize(put.BlobSize)
        && Shape.IsEmptyOr32(put.Replaces)
        && IsOperation(put.OpId)
        && put.Attachments.Count <= Limits.ItemAttachmentChunks;

    private static bool IsOperation(ByteString id) => id.Length == Limits.OperationIdBytes;

    private static bool IsBlobSize(uint size) => size is >= Limits.BlobBytesMin and <= Limits.BlobBytesMax;

    private static bool IsRole(Role role) => role is >= Role.Viewer and <= Role.Owner;
}
