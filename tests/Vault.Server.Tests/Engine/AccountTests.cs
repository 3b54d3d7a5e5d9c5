using Vault.Core.Accounts;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

public sealed class AccountTests
{
    [Fact]
    public void Registration_is_idempotent_and_takes_what_follows() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        await RegisterAsync(world, person);
        person.AddDevice(SigningKey.Create(world.Random), SigningKey.Create(world.Random));
        Assert.Equal(person.Account.Head.ToAccountHead(), (await RegisterAsync(world, person)).Head);
        person.Entries.RemoveAt(2);
        Assert.Equal(person.Account.Head.ToAccountHead(), (await RegisterAsync(world, person)).Head);
    });

    [Fact]
    public void Registration_needs_every_blob_it_names() => Run(async world =>
    {
        var person = new Person(world.Random);
        var request = person.Registration();
        request.LockerBlobs.RemoveAt(2);
        await RefusedAsync(FaultCode.BadBlob, () => world.Relay.Accounts.RegisterAsync(request, default));
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(person));
        await RegisterAsync(world, person);
    });

    [Fact]
    public void Another_branch_of_an_account_is_refused() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var fork = person.Registration();
        var genesis = AccountRules.Found(person.Entries[0]).Value;
        var (login, auth) = person.CreateLogin();
        fork.Entries[1] = AccountEntries.SetLogin(genesis, person.Identity, login, [auth]);
        await RefusedAsync(FaultCode.AccountExists, () => world.Relay.Accounts.RegisterAsync(fork, default));
    });

    [Fact]
    public void Registration_asks_for_its_code() => Run(
        async world =>
        {
            var person = new Person(world.Random);
            await RefusedAsync(FaultCode.RegistrationClosed, () => RegisterAsync(world, person));
            var request = person.Registration();
            request.RegistrationCode = "7-sesame";
            await world.Relay.Accounts.RegisterAsync(request, default);
        },
        options => options with { Registration = Registration.Code, RegistrationCode = "7-sesame" });

    [Fact]
    public void Closed_registration_takes_nobody_in_a_recovery_window_either()
    {
        Run(
            async world => await RefusedAsync(FaultCode.RegistrationClosed, () => world.RegisterAsync()),
            options => options with { Registration = Registration.Closed });
        Run(
            async world => await RefusedAsync(FaultCode.RegistrationClosed, () => world.RegisterAsync()),
            options => options with { Registration = Registration.Closed, RecoveryWindow = true });
    }

    [Fact]
    public void Account_entries_go_on_the_head_by_the_right_session() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var session = await world.OpenAsync(person);
        var locker = await world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), person.Auth));
        var before = person.Account;
        var other = AccountEntries.AddDevice(before, person.Identity, SigningKey.Create(world.Random), SigningKey.Create(world.Random));
        var push = person.Push(person.AddDevice(SigningKey.Create(world.Random), SigningKey.Create(world.Random)));
        await world.Relay.Accounts.PushAsync(locker, push, default);
        await world.Relay.Accounts.PushAsync(session, push, default);
        await RefusedAsync(FaultCode.HeadMoved, () => world.Relay.Accounts.PushAsync(session, person.Push(other), default));
        var retire = AccountEntries.RetireDevice(person.Account, person.Device);
        await RefusedAsync(FaultCode.NotAllowed, () => world.Relay.Accounts.PushAsync(locker, person.Push(retire), default));
        await world.Relay.Accounts.PushAsync(session, person.Push(retire), default);
        Assert.Equal(FaultCode.SessionRevoked, Assert.Throws<RelayFaultException>(session.Admit).Fault.Code);
    });

    [Fact]
    public void An_account_is_deleted_by_its_identity_key_alone() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var session = await world.OpenAsync(person);
        await RefusedAsync(FaultCode.Unauthenticated, () => DeleteAsync(person.Device));
        await DeleteAsync(person.Identity);
        await RefusedAsync(FaultCode.UnknownAccount, () => DeleteAsync(person.Identity));
        Assert.Throws<RelayFaultException>(session.Admit);

        Task<DeleteAccountResponse> DeleteAsync(SigningKey by) => world.Relay.Accounts.DeleteAsync(
            new DeleteAccountRequest
            {
                Account = person.Id.ToByteString(),
                Proof = SignedProofs.Request(
                    Name, world.Nonce(), "/vault.v1.AccountService/DeleteAccount", person.Id.ToArray(), person.Id, null, by),
            },
            default);
    });

    private static Task<RegisterResponse> RegisterAsync(RelayWorld world, Person person) =>
        world.Relay.Accounts.RegisterAsync(person.Registration(), default);
}
