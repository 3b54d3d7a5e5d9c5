using Google.Protobuf;
using Vault.Client.Tests.Kit;
using Vault.Client.Transport;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Members whose account chains grew by more than a commit holds: a rotation closes the gaps first.</summary>
public sealed class LargeGapTests
{
    private const int Members = 13;
    private const int Entries = 505;

    [Fact]
    public Task A_rotation_goes_on_however_long_the_members_chains_grew() => Pumped.RunAsync(async () =>
    {
        var people = Enumerable.Range(0, Members).Select(_ => new LongAccount()).ToList();
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        using (var device = await RogueDevice.TakeAsync(ann))
        {
            await device.CommitAsync(family, draft =>
            {
                people.ForEach(person => draft.Add(person.Young, person.All.Take(2), Role.Viewer, proof: null));
                draft.OpenKey(startEpoch: false);
                draft.SealToAdded();
            });
        }

        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        var address = RelayAddress.Parse(relay.Address);
        using var anyone = new RelayCaller(GrpcConnections.Open(address, ConnectionUse.Calls), TimeProvider.System, TimeSpan.FromSeconds(20), prove: null);
        foreach (var person in people)
        {
            await anyone.CallAsync((caller, options) => caller.Accounts.RegisterAsync(person.Registration(), options), CancellationToken.None);
        }

        await ann.Client.Groups.RemoveAsync(family, people[0].Young.Id);
        var log = ann.Client.Groups.Log(family, 8);
        Assert.Contains(log[0].Changes, change => change.Kind == "removes");
        Assert.Contains(log[0].Changes, change => change.Kind == "epoch");
        Assert.All(log[1].Changes, change => Assert.Equal("re_anchors", change.Kind));
        Assert.Equal(Members, log.Sum(entry => entry.Changes.Count(change => change.Kind == "re_anchors")));
        Assert.Equal(Members, ann.Client.Groups.Members(family).Count);
    });

    /// <summary>An account that named its personal group anew some five hundred times.</summary>
    private sealed class LongAccount
    {
        private readonly SealedLocker _locker;

        public LongAccount()
        {
            var random = new SystemRandomSource();
            using var identity = SigningKey.Create(random);
            using var device = SigningKey.Create(random);
            using var sync = SigningKey.Create(random);
            using var daily = DailySecrets.Create(random);
            using var unlock = UnlockKey.FromBytes(UnlockMethod.Password, System.Security.Cryptography.RandomNumberGenerator.GetBytes(UnlockKey.Size));
            var genesis = AccountEntries.Genesis(identity, daily.CurrentSealingKey, device, sync, random);
            var state = AccountRules.Found(genesis).Value;
            _locker = Locker.Seal(state.Id, daily, identity, [unlock], random);
            var login = AccountEntries.SetLogin(state, identity, _locker.Login, _locker.AuthKeys);
            state = Young = AccountRules.Extend(state, login).Value;
            All.AddRange([genesis, login]);
            while (All.Count < Entries)
            {
                var group = new GroupId(Hash32.Parse(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Hash32.Size)));
                All.Add(All.Count == 2
                    ? AccountEntries.SetFirstPersonalGroup(state, group, device)
                    : AccountEntries.SetPersonalGroup(state, group, identity));
                state = AccountRules.Extend(state, All[^1]).Value;
            }
        }

        /// <summary>As it was when the group took it.</summary>
        public VerifiedAccount Young { get; }

        public List<SignedEntry> All { get; } = [];

        public RegisterRequest Registration()
        {
            var request = new RegisterRequest();
            request.Entries.Add(All);
            request.LockerBlobs.Add(_locker.Blobs.Select(blob => ByteString.CopyFrom(blob)));
            return request;
        }
    }
}
