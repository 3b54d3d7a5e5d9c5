using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>One person with one device, made of keys alone: no replica, no outbox, no Argon2id. Signs what a client would sign.</summary>
public sealed class Author : IDisposable
{
    private readonly SigningKey _identity;
    private readonly DailySecrets _daily;
    private readonly SealedLocker _locker;

    private Author(
        VerifiedAccount account, SigningKey identity, SigningKey device, SigningKey sync, DailySecrets daily, SealedLocker locker,
        IReadOnlyList<SignedEntry> entries)
    {
        Account = account;
        Entries = entries;
        Device = device;
        Sync = sync;
        _identity = identity;
        _daily = daily;
        _locker = locker;
    }

    public VerifiedAccount Account { get; }

    /// <summary>The account chain.</summary>
    public IReadOnlyList<SignedEntry> Entries { get; }

    /// <summary>Signs commits.</summary>
    public SigningKey Device { get; }

    /// <summary>Opens sessions.</summary>
    public SigningKey Sync { get; }

    /// <summary>Opens what is sealed to this person.</summary>
    public DailySecrets Daily => _daily;

    public DeviceId DeviceId => KeyIds.OfDevice(Device.PublicKey);

    /// <summary>Registers the account as it stands.</summary>
    public RegisterRequest Registration
    {
        get
        {
            var request = new RegisterRequest();
            request.Entries.Add(Entries);
            request.LockerBlobs.Add(_locker.Blobs.Select(blob => Google.Protobuf.ByteString.CopyFrom(blob)));
            return request;
        }
    }

    public static Author Create(SeededRandom random)
    {
        var identity = SigningKey.Create(random);
        var device = SigningKey.Create(random);
        var sync = SigningKey.Create(random);
        var daily = DailySecrets.Create(random);
        var genesis = AccountEntries.Genesis(identity, daily.CurrentSealingKey, device, sync, random);
        var founded = AccountRules.Found(genesis).Value;
        using var password = UnlockKey.FromBytes(UnlockMethod.Password, random.Bytes(UnlockKey.Size));
        using var recovery = UnlockKey.FromBytes(UnlockMethod.Recovery, random.Bytes(UnlockKey.Size));
        var locker = Locker.Seal(founded.Id, daily, identity, [password, recovery], random);
        var login = AccountEntries.SetLogin(founded, identity, locker.Login, locker.AuthKeys);
        var account = AccountRules.Extend(founded, login).Value;
        return new Author(account, identity, device, sync, daily, locker, [genesis, login]);
    }

    public void Dispose()
    {
        _locker.Dispose();
        _daily.Dispose();
        _identity.Dispose();
        Device.Dispose();
        Sync.Dispose();
    }
}
