using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Accounts;

/// <summary>
/// Builds and signs account entries (FORMAT.md, section 4). Whether one is valid the rules decide, so a caller runs
/// <see cref="AccountRules"/> over the result before it leaves the process.
/// </summary>
public static class AccountEntries
{
    private const uint FormatVersion = 1;

    /// <summary>Entry 0: the keys of a new account and its first device.</summary>
    public static SignedEntry Genesis(
        SigningKey identity, SealingKey sealing, SigningKey device, SigningKey sync, IRandomSource random)
    {
        Span<byte> salt = stackalloc byte[Limits.RandomBytes];
        random.Fill(salt);
        var body = new AccountBody
        {
            Version = FormatVersion,
            Prev = Hash32.Zero.ToByteString(),
            Genesis = new AccountGenesis
            {
                IdentityKey = Copy(identity.PublicKey),
                SealingKey = Copy(sealing.PublicKey),
                Device = KeysOf(device, sync),
                Random = Copy(salt),
            },
        };
        return Sign(body, identity, device, sync);
    }

    /// <summary>Entry 1: the first ways in. The auth keys sign in the order of the ways.</summary>
    public static SignedEntry SetLogin(
        VerifiedAccount before, SigningKey identity, SetLogin login, IReadOnlyList<SigningKey> authKeys)
    {
        var body = After(before);
        body.SetLogin = login;
        return Sign(body, [identity, .. authKeys]);
    }

    /// <summary>A further device, with its own consent.</summary>
    public static SignedEntry AddDevice(VerifiedAccount before, SigningKey identity, SigningKey device, SigningKey sync)
    {
        var body = After(before);
        body.AddDevice = new AddDevice { Device = KeysOf(device, sync) };
        return Sign(body, identity, device, sync);
    }

    /// <summary>A device gives up its own authority.</summary>
    public static SignedEntry RetireDevice(VerifiedAccount before, SigningKey device)
    {
        var body = After(before);
        body.AuthorDevice = KeyIds.OfDevice(device.PublicKey).ToByteString();
        body.RetireDevice = new RetireDevice();
        return Sign(body, device);
    }

    /// <summary>After a theft: everything that the account has changes, and the named devices lose authority.</summary>
    public static SignedEntry RevokeAndRotate(
        VerifiedAccount before,
        SigningKey oldIdentity,
        SigningKey newIdentity,
        SealingKey newSealing,
        IEnumerable<DeviceId> revoked,
        SetLogin login,
        IReadOnlyList<SigningKey> authKeys)
    {
        var body = After(before);
        body.RevokeAndRotate = new RevokeAndRotate
        {
            IdentityKey = Copy(newIdentity.PublicKey),
            SealingKey = Copy(newSealing.PublicKey),
            Login = login,
        };
        body.RevokeAndRotate.Revoked.Add(revoked.Order().Select(device => device.ToByteString()));
        return Sign(body, [oldIdentity, newIdentity, .. authKeys]);
    }

    /// <summary>New ways in. Only the auth keys that were not current sign, in the order of the ways.</summary>
    public static SignedEntry ReplaceWraps(
        VerifiedAccount before, SigningKey identity, IEnumerable<Way> ways, IReadOnlyList<SigningKey> newAuthKeys)
    {
        var body = After(before);
        body.ReplaceWraps = new ReplaceWraps();
        body.ReplaceWraps.Ways.Add(ways);
        return Sign(body, [identity, .. newAuthKeys]);
    }

    /// <summary>Names the personal group for the first time: by the device that created it.</summary>
    public static SignedEntry SetFirstPersonalGroup(VerifiedAccount before, GroupId group, SigningKey device)
    {
        var body = After(before);
        body.AuthorDevice = KeyIds.OfDevice(device.PublicKey).ToByteString();
        body.SetPersonalGroup = new SetPersonalGroup { Group = group.ToByteString() };
        return Sign(body, device);
    }

    /// <summary>Names another personal group: by the identity key.</summary>
    public static SignedEntry SetPersonalGroup(VerifiedAccount before, GroupId group, SigningKey identity)
    {
        var body = After(before);
        body.SetPersonalGroup = new SetPersonalGroup { Group = group.ToByteString() };
        return Sign(body, identity);
    }

    private static AccountBody After(VerifiedAccount before) => new()
    {
        Version = FormatVersion,
        Account = before.Id.ToByteString(),
        Seq = before.Head.Seq + 1,
        Prev = before.Head.Id.ToByteString(),
    };

    private static DeviceKeys KeysOf(SigningKey device, SigningKey sync) =>
        new() { SigningKey = Copy(device.PublicKey), SyncKey = Copy(sync.PublicKey) };

    private static SignedEntry Sign(AccountBody body, params ReadOnlySpan<SigningKey> signers)
    {
        var entry = new SignedEntry { Body = body.ToByteString() };
        foreach (var signer in signers)
        {
            entry.Signatures.Add(Copy(signer.Sign(Purpose.SignAccountEntry, entry.Body.Span)));
        }

        return entry;
    }

    private static ByteString Copy(ReadOnlySpan<byte> bytes) => ByteString.CopyFrom(bytes);
}
