using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Each wrong thing has its own fault or refusal, and a message that says what to do.</summary>
public sealed class BadInputTests
{
    [Fact]
    public Task A_wrong_password_and_a_wrong_Secret_Key_open_nothing() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var thief = TestPerson.New();
        await FailsAsync(FaultCode.WrongPassword, () => thief.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address, password: "wrong")));
        using var other = SecretKey.Create(new Crypto.SystemRandomSource());
        await FailsAsync(FaultCode.WrongPassword, () => thief.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address, secretKey: other.ToText())));
        await RefusedAsync(ClientRefusal.BadArgument, () => thief.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address, secretKey: "SV1-NOPE")));
        await RefusedAsync(ClientRefusal.NotConfirmed, () => thief.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address, confirm: false)));
        await ann.Client.Sync.SyncAsync();
        Assert.Single(ann.Client.Accounts.Devices());
        await ann.RestartAsync();
        await FailsAsync(FaultCode.WrongPassword, () => ann.Client.Accounts.UnlockAsync("wrong"u8.ToArray()));
    });

    [Fact]
    public Task A_foreign_a_mistyped_and_a_used_invite_are_told_apart() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var elsewhere = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        await using var cyd = await TestPerson.RegisterAsync(relay, "Cyd");
        await using var dan = await TestPerson.RegisterAsync(elsewhere, "Dan");
        var family = await ann.Client.Groups.CreateAsync("family");
        var invite = await ann.Client.Groups.InviteAsync(family.Id, Role.Editor);
        await FailsAsync(FaultCode.BadInviteCode, () => bob.Client.Groups.JoinAsync(invite.Code[..^1] + (invite.Code[^1] == '0' ? '1' : '0')));
        await RefusedAsync(ClientRefusal.BadArgument, () => dan.Client.Groups.JoinAsync(invite.Code));
        await bob.Client.Groups.JoinAsync(invite.Code);
        await ann.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        await FailsAsync(FaultCode.Mailbox, () => cyd.Client.Groups.JoinAsync(invite.Code));
        Assert.Empty(cyd.Client.Groups.Joins());
    });

    [Fact]
    public Task A_pin_that_does_not_fit_stops_everything() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync(tls: true);
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = TestPerson.New();
        var at = relay.Address.IndexOf('/', relay.Address.IndexOf('#')) + 1;
        var wrong = relay.Address[..at] + (relay.Address[at] == 'A' ? 'B' : 'A') + relay.Address[(at + 1)..];
        await FailsAsync(FaultCode.BadPin, () => bob.Client.Accounts.LoginAsync(ann.LoginOf(wrong)));
        await bob.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
    });

    [Fact]
    public Task Roles_sizes_and_unknown_things_are_refused_here() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        var family = await ann.Client.Groups.CreateAsync("family");
        var invite = await ann.Client.Groups.InviteAsync(family.Id, Role.Viewer);
        await bob.Client.Groups.JoinAsync(invite.Code);
        await ann.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        var item = ItemTemplates.Create(ItemType.Note, "x");
        Assert.Equal(FaultCode.ForbiddenByRole, Assert.Throws<VaultException>(() => bob.Client.Items.Add(family.Id, item)).Code);
        await FailsAsync(FaultCode.ForbiddenByRole, () => bob.Client.Groups.InviteAsync(family.Id, Role.Viewer));
        await FailsAsync(FaultCode.NoOwnerLeft, () => ann.Client.Groups.LeaveAsync(family.Id));
        item.Notes = new string('x', 1 << 20);
        Assert.Equal(ClientRefusal.TooLarge, Assert.Throws<VaultException>(() => ann.Client.Items.Add(family.Id, item)).Refusal);
        Assert.Equal(ClientRefusal.NotFound, Assert.Throws<VaultException>(() => ann.Client.Groups.Find("nowhere")).Refusal);
        Assert.Equal(ClientRefusal.NotFound, Assert.Throws<VaultException>(() => ann.Client.Groups.Show(default)).Refusal);
        await RefusedAsync(ClientRefusal.HasAccount, () => ann.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address)));
        await bob.Client.Groups.LeaveAsync(family.Id);
        Assert.DoesNotContain(bob.Client.Groups.List(), group => group.Id == family.Id);
        await ann.Client.Sync.SyncAsync();
        Assert.True(ann.Client.Groups.Show(family.Id).RotationDue);
        var added = ann.Client.Items.Add(family.Id, ItemTemplates.Create(ItemType.Note, "after"));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(10))).State);
        Assert.Equal(2ul, ann.Client.Groups.Show(family.Id).Epoch);
    });

    private static async Task FailsAsync(FaultCode code, Func<Task> call)
    {
        var failed = await Assert.ThrowsAsync<VaultException>(call);
        Assert.True(failed.Code == code, $"{code} expected, not: {failed.Message}");
        Assert.DoesNotContain("NotImplemented", failed.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(ClientRefusal refusal, Func<Task> call) =>
        Assert.Equal(refusal, (await Assert.ThrowsAsync<VaultException>(call)).Refusal);
}
