using System.Text;
using Google.Protobuf;
using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Client.Transport;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.Client.Accounts;

/// <summary>
/// A new account: keys, locker, chain, registration, personal group. Nothing is kept before the relay has taken the account, so
/// a registration that fails leaves an empty home and can be tried again.
/// </summary>
internal sealed class Registrar(ClientCore core, HomeWriter home, GroupFounder founder, GroupPusher pusher, AccountPuller accounts)
{
    private const string PersonalFounding = "personal-founding";

    public async Task<EmergencyKit> RegisterAsync(Registration wanted, CancellationToken cancellation)
    {
        if (core.Account is not null)
        {
            throw VaultException.Refuse(ClientRefusal.HasAccount, "This home holds an account already. Use another home for another account.");
        }

        RequireText(wanted.Name, 1, 256, "A name");
        RequireText(wanted.DeviceName, 0, 256, "A device name");
        var relay = RelayAddress.Parse(wanted.Relay);
        var random = core.Seams.Random;
        using var secretKey = SecretKey.Create(random);
        using var recovery = RecoveryCode.Create(random);
        using var unlock = Derive(core, wanted.PasswordUtf8, secretKey);
        using var recoveryUnlock = recovery.DeriveUnlockKey();
        using var identity = SigningKey.Create(random);
        var daily = DailySecrets.Create(random);
        var device = SigningKey.Create(random);
        var sync = SigningKey.Create(random);
        var genesis = AccountEntries.Genesis(identity, daily.CurrentSealingKey, device, sync, random);
        var founded = AccountRules.Found(genesis).Value;
        using var locker = Locker.Seal(founded.Id, daily, identity, [unlock, recoveryUnlock], random);
        var login = AccountEntries.SetLogin(founded, identity, locker.Login, locker.AuthKeys);
        var account = AccountRules.Extend(founded, login).Value;

        var request = new RegisterRequest { RegistrationCode = wanted.RegistrationCode };
        request.Entries.Add([genesis, login]);
        request.LockerBlobs.Add(locker.Blobs.Select(ByteString.CopyFrom));
        using (var anyone = new RelayCaller(core.Seams.Connect(relay, ConnectionUse.Calls), core.Seams.Time, core.Options.CallDeadline, prove: null))
        {
            await anyone.CallAsync((caller, options) => caller.Accounts.RegisterAsync(request, options), 2, cancellation);
        }

        home.Write(new HomeWriter.NewDevice(
            account, [genesis, login], relay, secretKey, daily, device, sync, locker.Blobs, wanted.Name, wanted.DeviceName));
        try
        {
            await FinishAsync(cancellation);
        }
        catch (VaultException offline) when (offline.IsOffline)
        {
            // The account stands, and the kit must reach the person now; the loop finishes the rest.
        }

        return new EmergencyKit(account.Id, relay.Text, secretKey.ToText(), recovery.ToText());
    }

    /// <summary>Founds and names the personal group, or goes on where a crash or a dead relay stopped it. Idempotent.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        if (core.Account is not { State.PersonalGroup: null } account || core.Keys is not { } keys)
        {
            return;
        }

        var group = core.Replica.Settings.Read(PersonalFounding) is { } begun
            ? core.Groups[GroupId.Parse(begun)]
            : founder.Prepare(
                GroupKind.Personal,
                new GroupInfoPlain { Name = "personal" },
                id => core.Replica.Settings.Write(PersonalFounding, id.ToArray()));
        if (group.State is null || group.State.Head.Seq == 0)
        {
            await pusher.FoundAsync(group, core.Replica.Journal.InFlight(group.Id), cancellation);
        }

        // The relay may hold the entry already, when only its answer was lost.
        await accounts.PullAsync(cancellation);
        if (account.State.PersonalGroup is null)
        {
            var entry = AccountEntries.SetFirstPersonalGroup(account.State, group.Id, keys.Device);
            await accounts.PushAsync([entry], cancellation);
        }
    }

    internal static UnlockKey Derive(ClientCore core, ReadOnlyMemory<byte> passwordUtf8, SecretKey secretKey)
    {
        try
        {
            return core.Seams.PasswordUnlock.Derive(passwordUtf8.Span, secretKey);
        }
        catch (ArgumentException refused)
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, refused.Message);
        }
    }

    internal static void RequireText(string text, int least, int most, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes < least || bytes > most)
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, $"{what} has {least} to {most} bytes of UTF-8; this one has {bytes}.");
        }
    }
}
