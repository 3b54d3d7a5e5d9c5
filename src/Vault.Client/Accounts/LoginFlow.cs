using Google.Protobuf;
using Vault.Client.Sync;
using Vault.Client.Transport;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Passwords;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Accounts;

/// <summary>
/// A further device by password and Secret Key. What the relay serves is held against the account's verified chain, and that
/// chain against the keys in the locker; the person sees the devices before this one signs itself in.
/// </summary>
internal sealed class LoginFlow(ClientCore core, HomeWriter home)
{
    public async Task LoginAsync(Login wanted, CancellationToken cancellation)
    {
        if (core.Account is not null)
        {
            throw VaultException.Refuse(ClientRefusal.HasAccount, "This home holds an account already. Use another home.");
        }

        var relay = RelayAddress.Parse(wanted.Relay);
        if (!SecretKey.TryParse(wanted.SecretKey, out var parsed))
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, "This is no Secret Key, or a digit is mistyped. Copy it from the emergency kit again.");
        }

        using var secretKey = parsed;
        using var unlock = Registrar.Derive(core, wanted.PasswordUtf8, secretKey);
        using var authKey = unlock.DeriveAuthKey();
        using var caller = new RelayCaller(
            core.Seams.Connect(relay, ConnectionUse.Calls),
            core.Seams.Time,
            core.Options.CallDeadline,
            nonce => SignedProofs.LockerSession(relay.RelayName, nonce, authKey));
        var (account, entries) = await FetchAccountAsync(caller, cancellation);
        var blobs = await FetchLockerAsync(caller, account, cancellation);
        var daily = Require(Locker.OpenDaily(account, unlock, blobs));
        try
        {
            if (!await wanted.ConfirmDevices([.. account.Devices.Values.Select(device => new DeviceView(device.Id, device.Status, false))]))
            {
                throw VaultException.Refuse(ClientRefusal.NotConfirmed, "The list of devices was not confirmed. Nothing was changed.");
            }

            var device = SigningKey.Create(core.Seams.Random);
            var sync = SigningKey.Create(core.Seams.Random);
            SignedEntry entry;
            using (var identity = Require(Locker.OpenAuthority(account, unlock, blobs)))
            {
                entry = AccountEntries.AddDevice(account, identity, device, sync);
            }

            var added = AccountRules.Extend(account, entry);
            if (!added.IsValid)
            {
                throw new VaultException(added.Fault);
            }

            var request = new PushAccountRequest { Account = account.Id.ToByteString() };
            request.Entries.Add(entry);
            await caller.CallAsync((relayCaller, options) => relayCaller.Accounts.PushAccountAsync(request, options), 2, cancellation);
            entries.Add(entry);
            home.Write(new HomeWriter.NewDevice(
                added.Value, entries, relay, secretKey, daily, device, sync, blobs, wanted.Name, wanted.DeviceName));
        }
        catch
        {
            daily.Dispose();
            throw;
        }
    }

    private static async Task<(VerifiedAccount Account, List<SignedEntry> Entries)> FetchAccountAsync(RelayCaller caller, CancellationToken cancellation)
    {
        ByteString named;
        try
        {
            named = await caller.SessionAccountAsync(cancellation);
        }
        catch (VaultException unknown) when (unknown.Code == FaultCode.Unauthenticated)
        {
            throw new VaultException(new Fault(FaultCode.WrongPassword));
        }

        if (!AccountId.TryParse(named, out var id))
        {
            throw new VaultException(new Fault(FaultCode.AccountMismatch));
        }

        // That the chain is this person's shows when the locker it names opens to the keys it certifies.
        return await MemberAnchors.FetchAsync(caller, id, cancellation);
    }

    /// <summary>The locker's blobs, each of them one that the verified chain names.</summary>
    internal static async Task<List<byte[]>> FetchLockerAsync(RelayCaller caller, VerifiedAccount account, CancellationToken cancellation)
    {
        var request = new GetLockerRequest { Account = account.Id.ToByteString() };
        var locker = await caller.CallAsync((relay, options) => relay.Accounts.GetLockerAsync(request, options), cancellation);
        if (account.Login is not { } login)
        {
            throw new VaultException(new Fault(FaultCode.LockerMismatch, "no login"));
        }

        var named = login.Ways.Select(way => way.WrapHash).Append(login.DailyHash).Append(login.AuthorityHash).ToHashSet();
        var blobs = locker.LockerBlobs.Select(blob => blob.ToByteArray()).ToList();
        if (!named.SetEquals(blobs.Select(blob => Core.BlobHashes.Of(blob).ToByteString())))
        {
            throw new VaultException(new Fault(FaultCode.LockerMismatch).At(account.Id.Value, account.Head.Seq, account.Id));
        }

        return blobs;
    }

    private static T Require<T>(Core.Verdict<T> verdict)
        where T : class => verdict.IsValid ? verdict.Value : throw new VaultException(verdict.Fault);
}
