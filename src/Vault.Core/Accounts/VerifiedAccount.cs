using System.Collections.Immutable;
using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>
/// The state of an account chain up to some entry. Immutable. Only <see cref="AccountRules"/> makes one, so holding it
/// means that every entry before was verified.
/// </summary>
public sealed class VerifiedAccount
{
    internal VerifiedAccount()
    {
    }

    /// <summary>The id: that of entry 0.</summary>
    public required AccountId Id { get; init; }

    /// <summary>Where the chain stands.</summary>
    public required ChainHead Head { get; init; }

    /// <summary>Bodies and signatures of all entries, bytes; at most 256 KiB.</summary>
    public required int TotalBytes { get; init; }

    /// <summary>Ed25519 identity key in force, 32 bytes.</summary>
    public required ByteString IdentityKey { get; init; }

    /// <summary>X-Wing key to seal to, 1,216 bytes, well formed.</summary>
    public required ByteString SealingKey { get; init; }

    /// <summary>Hash of the sealing key.</summary>
    public required Hash32 SealingKeyId { get; init; }

    /// <summary>Every device ever certified, by id.</summary>
    public required ImmutableSortedDictionary<DeviceId, VerifiedDevice> Devices { get; init; }

    /// <summary>Ways in and locker hashes in force. Null before entry 1. Treat as read-only.</summary>
    public required SetLogin? Login { get; init; }

    /// <summary>The personal group. Null: not set.</summary>
    public required GroupId? PersonalGroup { get; init; }

    /// <summary>Every Ed25519 key and sealing key id that ever stood here: none may come again.</summary>
    public required ImmutableSortedSet<Hash32> UsedKeys { get; init; }

    /// <summary>Whether a device may act at this head.</summary>
    public bool IsAuthorised(DeviceId device) => Devices.TryGetValue(device, out var found) && found.IsActive;

    /// <summary>The canonical state of FORMAT.md, section 8.</summary>
    public AccountState ToState()
    {
        var state = new AccountState
        {
            Account = Id.ToByteString(),
            Head = Head.ToAccountHead(),
            TotalBytes = (ulong)TotalBytes,
            IdentityKey = IdentityKey,
            SealingKey = SealingKey,
            Login = Login,
            PersonalGroup = PersonalGroup?.ToByteString() ?? ByteString.Empty,
        };
        foreach (var device in Devices.Values)
        {
            state.Devices.Add(new DeviceState
            {
                Id = device.Id.ToByteString(),
                SigningKey = device.SigningKey,
                SyncKey = device.SyncKey,
                Status = device.Status,
            });
        }

        foreach (var key in UsedKeys)
        {
            state.UsedKeys.Add(key.ToByteString());
        }

        return state;
    }

    /// <summary>Hash of the canonical state: equal on every replica that verified the same entries.</summary>
    public Hash32 StateHash() => Hash32.Parse(TaggedHash.Of(Purpose.HashAccountState, ToState().ToByteArray()));

    internal VerifiedAccount With(
        ChainHead head,
        int totalBytes,
        ByteString? identityKey = null,
        ByteString? sealingKey = null,
        ImmutableSortedDictionary<DeviceId, VerifiedDevice>? devices = null,
        SetLogin? login = null,
        GroupId? personalGroup = null,
        ImmutableSortedSet<Hash32>? usedKeys = null) => new()
        {
            Id = Id,
            Head = head,
            TotalBytes = totalBytes,
            IdentityKey = identityKey ?? IdentityKey,
            SealingKey = sealingKey ?? SealingKey,
            SealingKeyId = sealingKey is null ? SealingKeyId : KeyIds.OfSealingKey(sealingKey.Span),
            Devices = devices ?? Devices,
            Login = login ?? Login,
            PersonalGroup = personalGroup ?? PersonalGroup,
            UsedKeys = usedKeys ?? UsedKeys,
        };
}
