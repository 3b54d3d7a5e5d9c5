using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>The keys that an operation brings, as they are remembered in <see cref="VerifiedAccount.UsedKeys"/>.</summary>
internal static class AccountKeys
{
    public static IEnumerable<Hash32> Of(AccountGenesis genesis) =>
        [Key(genesis.IdentityKey), .. Of(genesis.Device), KeyIds.OfSealingKey(genesis.SealingKey.Span)];

    public static IEnumerable<Hash32> Of(DeviceKeys device) => [Key(device.SigningKey), Key(device.SyncKey)];

    public static IEnumerable<Hash32> Of(IEnumerable<Way> ways) => ways.Select(way => Key(way.AuthKey));

    public static IEnumerable<Hash32> Of(RevokeAndRotate rotate) =>
        [Key(rotate.IdentityKey), KeyIds.OfSealingKey(rotate.SealingKey.Span), .. Of(rotate.Login.Ways)];

    private static Hash32 Key(Google.Protobuf.ByteString key) => Hash32.Parse(key.Span);
}
