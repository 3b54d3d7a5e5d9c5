using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>
/// How far one member may fill a group. The last eighth is kept for those who can remove people, and half of that for owners
/// (attack: an editor fills the group, after which the commit that removes the editor finds no room).
/// </summary>
internal static class GroupQuota
{
    private const int ReserveShare = 8;

    /// <summary>Up to how many bytes in all a member of this role may bring the group. Null: who founds or refills it.</summary>
    public static long For(Role? role, long groupBytes) => role switch
    {
        null or Role.Owner => groupBytes,
        Role.Admin => groupBytes - (groupBytes / (2 * ReserveShare)),
        _ => groupBytes - (groupBytes / ReserveShare),
    };
}
