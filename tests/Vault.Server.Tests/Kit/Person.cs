using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Protocol.V1;

namespace Vault.Server.Tests.Kit;

/// <summary>An account with all its keys, and its chain as it signs it.</summary>
internal sealed class Person
{
    private readonly SeededRandom _random;

    public Person(SeededRandom random)
    {
        _random = random;
        Identity = SigningKey.Create(random);
        Sealing = SealingKey.Create(random);
        Device = SigningKey.Create(random);
        Sync = SigningKey.Create(random);
        Entries.Add(AccountEntries.Genesis(Identity, Sealing, Device, Sync, random));
        Account = AccountRules.Found(Entries[0]).Value;
        var (login, auth) = CreateLogin();
        Auth = auth;
        Extend(AccountEntries.SetLogin(Account, Identity, login, [auth]));
    }

    public SigningKey Identity { get; private set; }

    public SealingKey Sealing { get; private set; }

    public SigningKey Device { get; }

    public SigningKey Sync { get; }

    public SigningKey Auth { get; private set; }

    public List<SignedEntry> Entries { get; } = [];

    public List<byte[]> LockerBlobs { get; private set; } = [];

    public VerifiedAccount Account { get; private set; }

    public AccountId Id => Account.Id;

    public DeviceId DeviceId => KeyIds.OfDevice(Device.PublicKey);

    public RegisterRequest Registration()
    {
        var request = new RegisterRequest();
        request.Entries.Add(Entries);
        request.LockerBlobs.Add(LockerBlobs.Select(blob => ByteString.CopyFrom(blob)));
        return request;
    }

    public SignedEntry AddDevice(SigningKey device, SigningKey sync) => Extend(AccountEntries.AddDevice(Account, Identity, device, sync));

    public PushAccountRequest Revoke(params DeviceId[] devices)
    {
        var (login, auth) = CreateLogin();
        var (identity, sealing) = (SigningKey.Create(_random), SealingKey.Create(_random));
        var entry = Extend(AccountEntries.RevokeAndRotate(Account, Identity, identity, sealing, devices, login, [auth]));
        (Identity, Sealing, Auth) = (identity, sealing, auth);
        return Push(entry, LockerBlobs);
    }

    public PushAccountRequest Push(SignedEntry entry, IEnumerable<byte[]>? blobs = null)
    {
        var request = new PushAccountRequest { Account = Id.ToByteString() };
        request.Entries.Add(entry);
        request.LockerBlobs.Add((blobs ?? []).Select(blob => ByteString.CopyFrom(blob)));
        return request;
    }

    public (SetLogin Login, SigningKey Auth) CreateLogin()
    {
        // The relay opens no locker, so any bytes will do.
        LockerBlobs = [_random.Bytes(200), _random.Bytes(210), _random.Bytes(220)];
        var auth = SigningKey.Create(_random);
        var login = new SetLogin
        {
            DailyHash = BlobHashes.Of(LockerBlobs[0]).ToByteString(),
            AuthorityHash = BlobHashes.Of(LockerBlobs[1]).ToByteString(),
        };
        login.Ways.Add(new Way
        {
            Kind = WayKind.Password,
            AuthKey = ByteString.CopyFrom(auth.PublicKey),
            WrapHash = BlobHashes.Of(LockerBlobs[2]).ToByteString(),
        });
        return (login, auth);
    }

    private SignedEntry Extend(SignedEntry entry)
    {
        Account = AccountRules.Extend(Account, entry).Value;
        Entries.Add(entry);
        return entry;
    }
}
