using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

public sealed class SessionTests
{
    [Fact]
    public void A_proof_for_another_relay_is_refused() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        await RefusedAsync(FaultCode.WrongRelayName, () => world.OpenAsync(
            SignedProofs.DeviceSession("other.test:7467", world.Nonce(), person.Id, person.DeviceId, person.Sync)));
    });

    [Fact]
    public void A_nonce_works_once_and_for_a_minute() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var proof = SignedProofs.DeviceSession(Name, world.Nonce(), person.Id, person.DeviceId, person.Sync);
        await world.OpenAsync(proof);
        await RefusedAsync(FaultCode.BadNonce, () => world.OpenAsync(proof));
        var late = SignedProofs.DeviceSession(Name, world.Nonce(), person.Id, person.DeviceId, person.Sync);
        await world.PassAsync(TimeSpan.FromSeconds(61));
        await RefusedAsync(FaultCode.BadNonce, () => world.OpenAsync(late));
        var invented = ByteString.CopyFrom(world.Random.Bytes(32));
        await RefusedAsync(FaultCode.BadNonce, () => world.OpenAsync(
            SignedProofs.DeviceSession(Name, invented, person.Id, person.DeviceId, person.Sync)));
    });

    [Fact]
    public void Only_the_certified_sync_key_opens_a_device_session() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(person, person.DeviceId, person.Device));
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(person, new DeviceId(default), person.Sync));
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(new Person(world.Random)));
    });

    [Fact]
    public void In_a_recovery_window_an_unknown_password_or_code_is_not_called_wrong_and_an_unknown_device_hears_that_it_is() => Run(async world =>
    {
        var lost = new Person(world.Random);
        using var code = SigningKey.Create(world.Random);
        foreach (var (isOpen, told) in ((bool, FaultCode)[])[(false, FaultCode.Unauthenticated), (true, FaultCode.RecoveryWindow)])
        {
            if (isOpen)
            {
                world.Relay.Window.Open(DateTimeOffset.MaxValue);
            }

            await RefusedAsync(told, () => world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), lost.Auth)));
            await RefusedAsync(told, () => world.OpenAsync(SignedProofs.InviteSession(Name, world.Nonce(), code)));
            await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(lost));
        }
    });

    [Fact]
    public void A_locker_session_opens_its_own_locker_and_chain_and_nothing_else() => Run(async world =>
    {
        var (owner, device, circle) = await world.FoundAsync();
        var other = await world.RegisterAsync();
        var locker = await world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), owner.Auth));
        Assert.Equal(owner.Id, locker.Account);
        var blobs = await world.Relay.Accounts.GetLockerAsync(locker, new GetLockerRequest { Account = owner.Id.ToByteString() }, default);
        Assert.Equal(owner.LockerBlobs.Select(Hash).Order(), blobs.LockerBlobs.Select(blob => Hash(blob.ToByteArray())).Order());
        var chain = await world.Relay.Accounts.PullAsync(locker, new PullAccountRequest { Account = owner.Id.ToByteString() }, default);
        Assert.Equal(owner.Entries, chain.Entries);
        await RefusedAsync(FaultCode.NotAllowed, () => world.Relay.Accounts.GetLockerAsync(
            locker, new GetLockerRequest { Account = other.Id.ToByteString() }, default));
        await RefusedAsync(FaultCode.NotAllowed, () => world.Relay.Accounts.PullAsync(
            locker, new PullAccountRequest { Account = other.Id.ToByteString() }, default));
        await RefusedAsync(FaultCode.NotAllowed, () => world.PullAsync(locker, circle.Id));
        await RefusedAsync(FaultCode.NotAllowed, () => world.HeadsAsync(locker));
        Assert.Equal(SessionKind.Device, device.Kind);
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(
            SignedProofs.LockerSession(Name, world.Nonce(), SigningKey.Create(world.Random))));
    });

    [Fact]
    public void An_old_auth_key_opens_nothing_and_its_sessions_end() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var device = await world.OpenAsync(person);
        var old = person.Auth;
        var locker = await world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), old));
        await world.Relay.Accounts.PushAsync(device, person.Revoke(), default);
        Assert.Throws<Vault.Server.Engine.RelayFaultException>(locker.Admit);
        device.Admit();
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), old)));
    });

    [Fact]
    public void Sessions_expire_and_the_oldest_of_a_key_goes() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var sessions = new List<Vault.Server.Engine.Session>();
        for (var i = 0; i < 9; i++)
        {
            sessions.Add(await world.OpenAsync(person));
        }

        await RefusedAsync(FaultCode.Unauthenticated, () => world.HeadsAdmittedAsync(sessions[0]));
        sessions[1].Admit();
        await world.PassAsync(TimeSpan.FromMinutes(61));
        await RefusedAsync(FaultCode.Unauthenticated, () => world.HeadsAdmittedAsync(sessions[1]));
    });

    [Fact]
    public void A_session_that_calls_too_often_waits() => Run(
        async world =>
        {
            var session = await world.OpenAsync(await world.RegisterAsync());
            session.Admit();
            var fault = await RefusedAsync(() => world.HeadsAdmittedAsync(session));
            Assert.Equal(FaultCode.RateLimited, fault.Code);
            await world.PassAsync(fault.RetryAfter!.Value + TimeSpan.FromMilliseconds(1));
            session.Admit();
        },
        options => options with { Limits = options.Limits with { CallsPerSession = new(2, 1) } });

    [Fact]
    public void A_token_that_was_never_given_is_refused() => Run(world =>
    {
        Assert.Throws<Vault.Server.Engine.RelayFaultException>(() => world.Relay.Admit(new byte[32]));
        return Task.CompletedTask;
    });

    private static BlobHash Hash(byte[] blob) => BlobHashes.Of(blob);
}
