using Vault.Ipc.V1;

namespace Vault.Agent.Items;

/// <summary>What a field's type says about showing it.</summary>
internal static class FieldTypes
{
    /// <summary>Values of this type are secrets. A type this version does not know may be one.</summary>
    public static bool AreConcealed(FieldType type) => type switch
    {
        FieldType.Concealed or FieldType.Totp or FieldType.PrivateKey or FieldType.Bytes => true,
        _ => !Enum.IsDefined(type),
    };
}
