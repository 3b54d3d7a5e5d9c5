using Vault.Core.Items;
using Vault.Ipc;
using Vault.Ipc.V1;
using WireItemType = Vault.Protocol.V1.ItemType;

namespace Vault.Agent.Items;

/// <summary>Types of items between the contract, whose numbers are the format's, and the format.</summary>
internal static class ItemTypes
{
    /// <summary>The field that stands for a whole item: what <c>get</c> answers with. Null: none, or the notes.</summary>
    public static string? PrimaryField(ItemType type) => type switch
    {
        ItemType.Login or ItemType.Password or ItemType.Wifi => "password",
        ItemType.Card => "number",
        ItemType.ApiCredential => "key",
        ItemType.SshKey => "private-key",
        _ => null,
    };

    /// <summary>The notes are the secret itself.</summary>
    public static bool NotesAreSecret(ItemType type) => type == ItemType.Note;

    /// <exception cref="AgentException">People make no items of this type.</exception>
    public static WireItemType ToFormat(ItemType type)
    {
        var format = (WireItemType)type;
        return ItemTemplates.Types.Contains(format)
            ? format
            : throw new AgentException(ExitCode.Usage, "There is no such type of item.", "svault help add");
    }

    /// <summary>As shown; what this version does not know is unspecified.</summary>
    public static ItemType FromFormat(WireItemType type) => ItemTemplates.Types.Contains(type) ? (ItemType)type : ItemType.Unspecified;
}
