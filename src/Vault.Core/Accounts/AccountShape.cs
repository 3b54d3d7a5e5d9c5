using Google.Protobuf;
using Vault.Core.Chains;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>Lengths, presence and known values in an account entry (rules 108, 111, 112, 207): no state needed.</summary>
internal static class AccountShape
{
    public static Fault? Check(AccountBody body)
    {
        if (!Shape.IsEmptyOr32(body.AuthorDevice))
        {
            return Shape.Bad("author_device");
        }

        return body.OperationCase switch
        {
            AccountBody.OperationOneofCase.Genesis => Check(body.Genesis),
            AccountBody.OperationOneofCase.SetLogin => Check(body.SetLogin),
            AccountBody.OperationOneofCase.AddDevice => Check(body.AddDevice.Device),
            AccountBody.OperationOneofCase.RetireDevice => null,
            AccountBody.OperationOneofCase.RevokeAndRotate => Check(body.RevokeAndRotate),
            AccountBody.OperationOneofCase.ReplaceWraps => CheckWays(body.ReplaceWraps.Ways),
            AccountBody.OperationOneofCase.SetPersonalGroup =>
                Shape.Is32(body.SetPersonalGroup.Group) ? null : Shape.Bad("set_personal_group.group"),
            AccountBody.OperationOneofCase.None => new Fault(FaultCode.EmptyEntry),
            _ => new Fault(FaultCode.EmptyEntry),
        };
    }

    private static Fault? Check(AccountGenesis genesis) =>
        !Shape.Is32(genesis.IdentityKey) ? Shape.Bad("genesis.identity_key")
        : !Shape.Is32(genesis.Random) ? Shape.Bad("genesis.random")
        : Check(genesis.Device) ?? CheckSealingKey(genesis.SealingKey);

    private static Fault? Check(DeviceKeys? device) =>
        device is null ? Shape.Bad("device")
        : !Shape.Is32(device.SigningKey) ? Shape.Bad("device.signing_key")
        : !Shape.Is32(device.SyncKey) ? Shape.Bad("device.sync_key")
        : null;

    private static Fault? Check(SetLogin? login) =>
        login is null ? Shape.Bad("login")
        : !Shape.Is32(login.DailyHash) ? Shape.Bad("login.daily_hash")
        : !Shape.Is32(login.AuthorityHash) ? Shape.Bad("login.authority_hash")
        : CheckWays(login.Ways);

    private static Fault? Check(RevokeAndRotate rotate)
    {
        if (rotate.Revoked.Count > Limits.AccountDevices)
        {
            return new Fault(FaultCode.TooLarge, "revoked");
        }

        if (!rotate.Revoked.All(Shape.Is32))
        {
            return Shape.Bad("revoked");
        }

        if (!Shape.Is32(rotate.IdentityKey))
        {
            return Shape.Bad("identity_key");
        }

        return Shape.CheckAscending(rotate.Revoked, device => device, "revoked")
            ?? Check(rotate.Login)
            ?? CheckSealingKey(rotate.SealingKey);
    }

    private static Fault? CheckWays(IReadOnlyList<Way> ways)
    {
        foreach (var way in ways)
        {
            if (way.Kind is not (WayKind.Password or WayKind.Recovery))
            {
                return Shape.Bad("way.kind");
            }

            if (!Shape.Is32(way.AuthKey))
            {
                return Shape.Bad("way.auth_key");
            }

            if (!Shape.Is32(way.WrapHash))
            {
                return Shape.Bad("way.wrap_hash");
            }
        }

        // Two kinds exist, so "ascending and PASSWORD first" is "no duplicate and PASSWORD among them".
        var ascending = ways.Count == 1 || (ways.Count == 2 && ways[0].Kind < ways[1].Kind);
        return ascending && ways[0].Kind == WayKind.Password ? null : new Fault(FaultCode.BadWays);
    }

    private static Fault? CheckSealingKey(ByteString key) =>
        key.Length != Limits.SealingKeyBytes ? Shape.Bad("sealing_key")
        : SealingPublicKey.IsWellFormed(key.Span) ? null
        : new Fault(FaultCode.BadSealingKey);
}
