using System.Collections.Immutable;
using Google.Protobuf;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>What each operation asks of the state before it (rules 203, 206, 208 to 213), and what it makes of it.</summary>
internal static class AccountOperations
{
    public static VerifiedAccount Found(SignedEntry entry, AccountGenesis genesis, int size)
    {
        var id = EntryIds.OfAccountEntry(new EntryId(Hash32.Zero), entry);
        var device = Certify(genesis.Device);
        return new VerifiedAccount
        {
            Id = new AccountId(id.Value),
            Head = new ChainHead(0, id),
            TotalBytes = size,
            IdentityKey = genesis.IdentityKey,
            SealingKey = genesis.SealingKey,
            SealingKeyId = KeyIds.OfSealingKey(genesis.SealingKey.Span),
            Devices = ImmutableSortedDictionary<DeviceId, VerifiedDevice>.Empty.Add(device.Id, device),
            Login = null,
            PersonalGroup = null,
            UsedKeys = [.. AccountKeys.Of(genesis)],
        };
    }

    public static Fault? Check(VerifiedAccount before, AccountBody body) => body.OperationCase switch
    {
        AccountBody.OperationOneofCase.SetLogin =>
            AccountSigners.FirstRepeated(AccountKeys.Of(body.SetLogin.Ways), before.UsedKeys),
        AccountBody.OperationOneofCase.AddDevice => Check(before, body.AddDevice),
        AccountBody.OperationOneofCase.RevokeAndRotate => Check(before, body.RevokeAndRotate),
        AccountBody.OperationOneofCase.ReplaceWraps => Check(before, body.ReplaceWraps),
        AccountBody.OperationOneofCase.SetPersonalGroup =>
            before.PersonalGroup == GroupId.Parse(body.SetPersonalGroup.Group.Span)
                ? new Fault(FaultCode.SamePersonalGroup)
                : null,
        _ => null,
    };

    public static VerifiedAccount Apply(VerifiedAccount before, AccountBody body, ChainHead head, int totalBytes) =>
        body.OperationCase switch
        {
            AccountBody.OperationOneofCase.SetLogin => before.With(
                head, totalBytes, login: body.SetLogin, usedKeys: before.UsedKeys.Union(AccountKeys.Of(body.SetLogin.Ways))),
            AccountBody.OperationOneofCase.AddDevice => Apply(before, body.AddDevice, head, totalBytes),
            AccountBody.OperationOneofCase.RetireDevice => before.With(
                head, totalBytes, devices: Mark(before.Devices, DeviceId.Parse(body.AuthorDevice.Span), DeviceStatus.Retired)),
            AccountBody.OperationOneofCase.RevokeAndRotate => Apply(before, body.RevokeAndRotate, head, totalBytes),
            AccountBody.OperationOneofCase.ReplaceWraps => Apply(before, body.ReplaceWraps, head, totalBytes),
            AccountBody.OperationOneofCase.SetPersonalGroup => before.With(
                head, totalBytes, personalGroup: GroupId.Parse(body.SetPersonalGroup.Group.Span)),
            _ => throw new InvalidOperationException("Shape lets no other operation through."),
        };

    private static Fault? Check(VerifiedAccount before, AddDevice add) =>
        before.Devices.Count >= Limits.AccountDevices
            ? new Fault(FaultCode.TooManyDevices)
            : AccountSigners.FirstRepeated(AccountKeys.Of(add.Device), before.UsedKeys);

    private static Fault? Check(VerifiedAccount before, RevokeAndRotate rotate)
    {
        foreach (var bytes in rotate.Revoked)
        {
            if (!before.Devices.TryGetValue(DeviceId.Parse(bytes.Span), out var device))
            {
                return new Fault(FaultCode.UnknownDevice, "revoked");
            }

            if (device.Status == DeviceStatus.Revoked)
            {
                return new Fault(FaultCode.AlreadyRevoked);
            }
        }

        // A theft rotation that keeps any way in, or any blob that a way leads to, would leave the thief's. As a set: a blob that stands
        // in another place than before is the same blob (attack: the old wrap named as the new daily part, so the relay must keep it).
        var old = before.Login!;
        if (rotate.Login.Ways.Any(way => old.Ways.Any(kept => kept.AuthKey == way.AuthKey)))
        {
            return new Fault(FaultCode.RotationKeeps, "auth key");
        }

        if (Blobs(rotate.Login).Intersect(Blobs(old)).Any())
        {
            return new Fault(FaultCode.RotationKeeps, "locker");
        }

        return AccountSigners.FirstRepeated(AccountKeys.Of(rotate), before.UsedKeys);
    }

    // Hashes of everything that the relay keeps of a locker.
    private static IEnumerable<ByteString> Blobs(SetLogin login) =>
        login.Ways.Select(way => way.WrapHash).Prepend(login.AuthorityHash).Prepend(login.DailyHash);

    private static Fault? Check(VerifiedAccount before, ReplaceWraps replace)
    {
        if (replace.Ways.SequenceEqual(before.Login!.Ways))
        {
            return new Fault(FaultCode.BadWays, "unchanged");
        }

        // A way may stay as it is, under its own kind; every other auth key is new.
        var brought = replace.Ways.Where(way => !before.Login.Ways.Any(kept => kept.Kind == way.Kind && kept.AuthKey == way.AuthKey));
        return AccountSigners.FirstRepeated(AccountKeys.Of(brought), before.UsedKeys);
    }

    private static VerifiedAccount Apply(VerifiedAccount before, AddDevice add, ChainHead head, int totalBytes)
    {
        var device = Certify(add.Device);
        return before.With(
            head,
            totalBytes,
            devices: before.Devices.Add(device.Id, device),
            usedKeys: before.UsedKeys.Union(AccountKeys.Of(add.Device)));
    }

    private static VerifiedAccount Apply(VerifiedAccount before, RevokeAndRotate rotate, ChainHead head, int totalBytes)
    {
        var devices = before.Devices;
        foreach (var bytes in rotate.Revoked)
        {
            devices = Mark(devices, DeviceId.Parse(bytes.Span), DeviceStatus.Revoked);
        }

        return before.With(
            head,
            totalBytes,
            identityKey: rotate.IdentityKey,
            sealingKey: rotate.SealingKey,
            devices: devices,
            login: rotate.Login,
            usedKeys: before.UsedKeys.Union(AccountKeys.Of(rotate)));
    }

    private static VerifiedAccount Apply(VerifiedAccount before, ReplaceWraps replace, ChainHead head, int totalBytes)
    {
        var login = new SetLogin { DailyHash = before.Login!.DailyHash, AuthorityHash = before.Login.AuthorityHash };
        login.Ways.Add(replace.Ways);
        return before.With(head, totalBytes, login: login, usedKeys: before.UsedKeys.Union(AccountKeys.Of(replace.Ways)));
    }

    private static ImmutableSortedDictionary<DeviceId, VerifiedDevice> Mark(
        ImmutableSortedDictionary<DeviceId, VerifiedDevice> devices, DeviceId id, DeviceStatus status) =>
        devices.SetItem(id, devices[id] with { Status = status });

    private static VerifiedDevice Certify(DeviceKeys keys) =>
        new(KeyIds.OfDevice(keys.SigningKey.Span), keys.SigningKey, keys.SyncKey, DeviceStatus.Active);
}
