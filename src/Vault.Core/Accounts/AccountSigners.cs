using System.Collections.Immutable;
using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Accounts;

/// <summary>
/// Who must sign an account entry, in order: the author, then every Ed25519 key that the entry brings, in field order.
/// So nobody can bring a key that they do not hold (attack: squatting on another's login). Rules 109, 110, 203 to 206.
/// </summary>
internal static class AccountSigners
{
    public static Fault? CheckAuthor(VerifiedAccount before, AccountBody body)
    {
        var byDevice = !body.AuthorDevice.IsEmpty;
        var mustBeDevice = body.OperationCase switch
        {
            AccountBody.OperationOneofCase.RetireDevice => true,
            AccountBody.OperationOneofCase.SetPersonalGroup => before.PersonalGroup is null,
            _ => false,
        };
        if (byDevice != mustBeDevice)
        {
            return new Fault(FaultCode.WrongAuthor, mustBeDevice ? "a device signs this" : "the identity key signs this");
        }

        if (!byDevice)
        {
            return null;
        }

        if (!before.Devices.TryGetValue(DeviceId.Parse(body.AuthorDevice.Span), out var device))
        {
            return new Fault(FaultCode.UnknownDevice, "author_device");
        }

        return device.IsActive ? null : new Fault(FaultCode.AccountDeviceNotAuthorised);
    }

    public static IReadOnlyList<ByteString> OfGenesis(AccountGenesis genesis) =>
        [genesis.IdentityKey, genesis.Device.SigningKey, genesis.Device.SyncKey];

    public static IReadOnlyList<ByteString> Of(VerifiedAccount before, AccountBody body) => body.OperationCase switch
    {
        AccountBody.OperationOneofCase.SetLogin => [before.IdentityKey, .. body.SetLogin.Ways.Select(way => way.AuthKey)],
        AccountBody.OperationOneofCase.AddDevice =>
            [before.IdentityKey, body.AddDevice.Device.SigningKey, body.AddDevice.Device.SyncKey],
        AccountBody.OperationOneofCase.RevokeAndRotate =>
            [before.IdentityKey, body.RevokeAndRotate.IdentityKey, .. body.RevokeAndRotate.Login.Ways.Select(way => way.AuthKey)],
        AccountBody.OperationOneofCase.ReplaceWraps =>
            [before.IdentityKey, .. body.ReplaceWraps.Ways.Select(way => way.AuthKey).Where(key => !IsCurrentAuthKey(before, key))],
        _ => [AuthorKey(before, body)],
    };

    public static Fault? Check(SignedEntry entry, IReadOnlyList<ByteString> signers)
    {
        if (entry.Signatures.Count != signers.Count)
        {
            return new Fault(FaultCode.SignatureCount, $"{signers.Count} expected");
        }

        for (var i = 0; i < signers.Count; i++)
        {
            if (!Verifies(entry, i, signers[i]))
            {
                return new Fault(FaultCode.BadSignature, $"signature {i}");
            }
        }

        return null;
    }

    /// <summary>The fault of the first key that was used before, or that the operation brings twice.</summary>
    public static Fault? FirstRepeated(IEnumerable<Hash32> brought, ImmutableSortedSet<Hash32> used)
    {
        foreach (var key in brought)
        {
            var more = used.Add(key);
            if (more.Count == used.Count)
            {
                return new Fault(FaultCode.KeyReused);
            }

            used = more;
        }

        return null;
    }

    public static bool IsCurrentAuthKey(VerifiedAccount account, ByteString key) =>
        account.Login is { } login && login.Ways.Any(way => way.AuthKey == key);

    public static bool IsByAuthor(VerifiedAccount before, SignedEntry entry, AccountBody body) =>
        body.AuthorDevice.IsEmpty
            ? Verifies(entry, 0, before.IdentityKey)
            : DeviceId.TryParse(body.AuthorDevice, out var id)
                && before.Devices.TryGetValue(id, out var device)
                && device.IsActive
                && Verifies(entry, 0, device.SigningKey);

    private static ByteString AuthorKey(VerifiedAccount before, AccountBody body) =>
        body.AuthorDevice.IsEmpty ? before.IdentityKey : before.Devices[DeviceId.Parse(body.AuthorDevice.Span)].SigningKey;

    private static bool Verifies(SignedEntry entry, int index, ByteString key) =>
        index < entry.Signatures.Count
        && Signatures.Verify(Purpose.SignAccountEntry, key.Span, entry.Body.Span, entry.Signatures[index].Span);
}
