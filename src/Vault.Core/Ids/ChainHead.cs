using Vault.Protocol.V1;

namespace Vault.Core.Ids;

/// <summary>Where a chain stands: the position of its last entry, and that entry's id.</summary>
public readonly record struct ChainHead(ulong Seq, EntryId Id)
{
    /// <summary>As it travels for an account chain.</summary>
    public AccountHead ToAccountHead() => new() { Seq = Seq, Id = Id.ToByteString() };

    /// <summary>As it travels for a group chain.</summary>
    public GroupHead ToGroupHead() => new() { Seq = Seq, Id = Id.ToByteString() };

    /// <summary>The head in a message; false when it is missing or its id is not 32 bytes.</summary>
    public static bool TryParse(AccountHead? message, out ChainHead head) => TryParse(message?.Seq, message?.Id, out head);

    /// <summary>The head in a message; false when it is missing or its id is not 32 bytes.</summary>
    public static bool TryParse(GroupHead? message, out ChainHead head) => TryParse(message?.Seq, message?.Id, out head);

    public override string ToString() => $"{Seq}/{Id}";

    private static bool TryParse(ulong? seq, Google.Protobuf.ByteString? bytes, out ChainHead head)
    {
        head = default;
        if (seq is null || bytes is null || !EntryId.TryParse(bytes, out var id))
        {
            return false;
        }

        head = new ChainHead(seq.Value, id);
        return true;
    }
}
