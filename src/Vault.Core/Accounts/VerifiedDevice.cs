using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>A device that an account chain certified once. Keys are Ed25519, 32 bytes.</summary>
public sealed record VerifiedDevice(DeviceId Id, ByteString SigningKey, ByteString SyncKey, DeviceStatus Status)
{
    /// <summary>Whether it may act: certified, neither retired nor revoked.</summary>
    public bool IsActive => Status == DeviceStatus.Active;
}
