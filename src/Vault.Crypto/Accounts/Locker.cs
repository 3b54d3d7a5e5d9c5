using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.Crypto.Accounts;

/// <summary>
/// The account's private keys as the relay keeps them: a wrap a way in, the daily part, the authority part. Everything that is
/// opened is first matched by hash with the verified account chain, and afterwards by key (attack: an old locker reinstated).
/// </summary>
public static class Locker
{
    /// <summary>Makes all blobs of a locker, and the login that names them in the chain.</summary>
    public static SealedLocker Seal(
        AccountId account, DailySecrets daily, SigningKey identity, IReadOnlyList<UnlockKey> ways, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(ways);
        using var lockerKey = LockerKey.Create(random);
        var dailyBox = SealPart(lockerKey, Purpose.BoxLockerDaily, account, daily.ToMessage(account), random);
        var authority = new LockerAuthority { Version = 1, Account = account.ToByteString() };
        Span<byte> seed = stackalloc byte[SigningKey.SeedSize];
        identity.ExportSeed(seed);
        authority.IdentitySeed = ByteString.CopyFrom(seed);
        seed.Clear();
        var authorityBox = SealPart(lockerKey, Purpose.BoxLockerAuthority, account, authority, random);
        var login = new SetLogin { DailyHash = HashOf(dailyBox), AuthorityHash = HashOf(authorityBox) };
        var blobs = new List<byte[]> { dailyBox, authorityBox };
        var authKeys = new List<SigningKey>();
        foreach (var unlock in ways.OrderBy(way => way.Method))
        {
            var wrap = lockerKey.Wrap(unlock, account, random);
            var (way, authKey) = WayOf(unlock, wrap);
            blobs.Add(wrap);
            login.Ways.Add(way);
            authKeys.Add(authKey);
        }

        return new SealedLocker(login, blobs, authKeys);
    }

    /// <summary>The way that a wrap opens, and the auth key that must sign the entry that brings it.</summary>
    public static (Way Way, SigningKey AuthKey) WayOf(UnlockKey unlock, byte[] wrap)
    {
        var authKey = unlock.DeriveAuthKey();
        var way = new Way
        {
            Kind = unlock.Method == UnlockMethod.Password ? WayKind.Password : WayKind.Recovery,
            AuthKey = ByteString.CopyFrom(authKey.PublicKey),
            WrapHash = HashOf(wrap),
        };
        return (way, authKey);
    }

    /// <summary>The daily part: what an unlocked device keeps.</summary>
    public static Verdict<DailySecrets> OpenDaily(VerifiedAccount account, UnlockKey unlock, IReadOnlyList<byte[]> blobs)
    {
        var part = OpenPart(account, unlock, Purpose.BoxLockerDaily, login => login.DailyHash, blobs);
        if (!part.IsValid)
        {
            return part.Fault;
        }

        var daily = TryParse(LockerDaily.Parser, part.Value) is { } message ? DailySecrets.FromMessage(message, account.Id) : null;
        part.Value.AsSpan().Clear();
        if (daily is null)
        {
            return new Fault(FaultCode.LockerMismatch, "daily");
        }

        // Public is recomputed from private and compared: a key that does not fit is refused, never regenerated.
        if (daily.CurrentSealingKey.Matches(account.SealingKey.Span))
        {
            return daily;
        }

        daily.Dispose();
        return new Fault(FaultCode.KeyMismatch, "sealing_key");
    }

    /// <summary>The identity key, for the one operation that the password was typed for. The caller wipes it at once.</summary>
    public static Verdict<SigningKey> OpenAuthority(VerifiedAccount account, UnlockKey unlock, IReadOnlyList<byte[]> blobs)
    {
        var part = OpenPart(account, unlock, Purpose.BoxLockerAuthority, login => login.AuthorityHash, blobs);
        if (!part.IsValid)
        {
            return part.Fault;
        }

        var message = TryParse(LockerAuthority.Parser, part.Value);
        part.Value.AsSpan().Clear();
        if (message is not { Version: 1, IdentitySeed.Length: SigningKey.SeedSize } || message.Account != account.Id.ToByteString())
        {
            return new Fault(FaultCode.LockerMismatch, "authority");
        }

        var identity = SigningKey.FromSeed(message.IdentitySeed.Span);
        if (identity.Matches(account.IdentityKey.Span))
        {
            return identity;
        }

        identity.Dispose();
        return new Fault(FaultCode.KeyMismatch, "identity_key");
    }

    /// <summary>The locker key by one way in, for re-wrapping.</summary>
    public static Verdict<LockerKey> OpenKey(VerifiedAccount account, UnlockKey unlock, IReadOnlyList<byte[]> blobs)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(unlock);
        var kind = unlock.Method == UnlockMethod.Password ? WayKind.Password : WayKind.Recovery;
        using var authKey = unlock.DeriveAuthKey();
        var way = account.Login?.Ways.FirstOrDefault(way => way.Kind == kind);
        if (way is null || !authKey.Matches(way.AuthKey.Span))
        {
            return new Fault(FaultCode.WrongPassword);
        }

        if (Find(way.WrapHash, blobs) is not { } wrap)
        {
            return new Fault(FaultCode.LockerMismatch, "wrap");
        }

        return LockerKey.Unwrap(unlock, account.Id, wrap) is { } key ? key : new Fault(FaultCode.WrongPassword);
    }

    private static byte[] SealPart(LockerKey key, Purpose purpose, AccountId account, IMessage message, IRandomSource random) =>
        PaddedBox.Seal(key.Bytes, BoxContext.For(purpose, account.ToArray()), message, random);

    // The hash is asked for only once a way in has opened: before that there may be no login.
    private static Verdict<byte[]> OpenPart(
        VerifiedAccount account, UnlockKey unlock, Purpose purpose, Func<SetLogin, ByteString> hash, IReadOnlyList<byte[]> blobs)
    {
        var key = OpenKey(account, unlock, blobs);
        if (!key.IsValid)
        {
            return key.Fault;
        }

        using var lockerKey = key.Value;
        if (Find(hash(account.Login!), blobs) is not { } box)
        {
            return new Fault(FaultCode.LockerMismatch, purpose.Name);
        }

        if (!Box.TryOpen(lockerKey.Bytes, BoxContext.For(purpose, account.Id.ToArray()), box, out var padded))
        {
            return new Fault(FaultCode.LockerMismatch, purpose.Name);
        }

        var unpadded = Padding.TryUnpad(padded, out var plain);
        padded.AsSpan().Clear();
        return unpadded ? plain : new Fault(FaultCode.LockerMismatch, purpose.Name);
    }

    private static byte[]? Find(ByteString hash, IReadOnlyList<byte[]> blobs) =>
        blobs.FirstOrDefault(blob => hash.Span.SequenceEqual(BlobHashes.Of(blob).ToArray()));

    private static ByteString HashOf(byte[] blob) => BlobHashes.Of(blob).ToByteString();

    private static T? TryParse<T>(MessageParser<T> parser, byte[] bytes)
        where T : class, IMessage<T> =>
        Canonical.TryParse(parser, UnsafeByteOperations.UnsafeWrap(bytes), out var message) ? message : null;
}
