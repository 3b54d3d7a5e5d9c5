using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Histories;

/// <summary>
/// A person of the histories as the relay knows the account: registered once, with a device on which no history signs. Groups
/// carry the account entries they need, so how far the account goes in a history is of no concern to a session.
/// </summary>
internal sealed class Reader
{
    private Reader(TestPerson person, TestKey sync, DeviceId device, IReadOnlyList<byte[]> locker)
    {
        Id = person.Id;
        Entries = [.. person.Entries];
        Sync = sync;
        Device = device;
        Locker = locker;
    }

    public AccountId Id { get; }

    public IReadOnlyList<SignedEntry> Entries { get; }

    public TestKey Sync { get; }

    public DeviceId Device { get; }

    private IReadOnlyList<byte[]> Locker { get; }

    public static Reader Of(string name)
    {
        var person = TestPerson.OnlyGenesis(name);
        byte[][] locker = [[1], [2], [3]];
        var login = person.SetLogin();
        login.Body.SetLogin.DailyHash = BlobHashes.Of(locker[0]).ToByteString();
        login.Body.SetLogin.AuthorityHash = BlobHashes.Of(locker[1]).ToByteString();
        login.Body.SetLogin.Ways[0].WrapHash = BlobHashes.Of(locker[2]).ToByteString();
        person.Accept(login);
        var (signing, sync) = (TestKey.Named(name + "/reader/signing"), TestKey.Named(name + "/reader/sync"));
        var added = person.AddDevice().With(body => body.AddDevice.Device = new DeviceKeys { SigningKey = signing.Public, SyncKey = sync.Public });
        person.Accept(added.SignedBy(person.Identity, signing, sync));
        return new Reader(person, sync, KeyIds.OfDevice(signing.Public.Span), locker);
    }

    public RegisterRequest Registration()
    {
        var request = new RegisterRequest();
        request.Entries.Add(Entries);
        request.LockerBlobs.Add(Locker.Select(ByteString.CopyFrom));
        return request;
    }
}
