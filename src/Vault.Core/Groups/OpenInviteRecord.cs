using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>An invite that is open: one add may still complete it.</summary>
public sealed record OpenInviteRecord(
    InviteId Id, ByteString Key, Role Role, AccountId Opener, DeviceId OpenerDevice, ChainHead Opened, Boxed Terms);
