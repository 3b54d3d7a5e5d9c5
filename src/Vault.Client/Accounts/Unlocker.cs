using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Accounts;

/// <summary>
/// Unlock and lock. The locker lies on this disk too, so an unlock needs no relay; every key is computed back to its public half
/// and held against the chain, and the chains against their authenticated heads, before any key is used.
/// </summary>
internal sealed class Unlocker(ClientCore core, CommitApplier applier)
{
    public async Task UnlockAsync(ReadOnlyMemory<byte> passwordUtf8, CancellationToken cancellation)
    {
        var account = core.RequireAccount();
        if (core.Keys is not null)
        {
            return;
        }

        if (core.Files.Read(KeyFiles.SecretKey) is not { Length: SecretKey.Size } secret)
        {
            throw new VaultException(new Fault(FaultCode.KeyMismatch, "Secret Key file"));
        }

        using var secretKey = SecretKey.FromBytes(secret);
        secret.AsSpan().Clear();
        using var unlock = Registrar.Derive(core, passwordUtf8, secretKey);
        var daily = await OpenAsync(account, unlock, cancellation);
        try
        {
            if (ReplicaGuard.Check(core, daily) is { } changed)
            {
                throw new VaultException(changed);
            }

            core.Keys = new Keyring(account.Id, daily, OpenDevice(account, daily));
        }
        catch
        {
            daily.Dispose();
            throw;
        }

        foreach (var group in core.Groups.Values)
        {
            Learn(group);
            applier.Sweep(group);
            group.WantsJoins = group.State?.Invites.Values.Any(invite => invite.Opener == account.Id) == true;
        }

        ReplicaGuard.WriteAll(core);
        core.Wake.Set();
    }

    /// <summary>Wipes every key but the sync key, and every plaintext that this object graph holds.</summary>
    public void Lock()
    {
        if (core.Keys is not { } keys)
        {
            return;
        }

        ReplicaGuard.WriteAll(core);
        core.Keys = null;
        keys.Dispose();
        foreach (var group in core.Groups.Values)
        {
            group.Opened.Clear();
            group.ShownInstead.Clear();
        }
    }

    private async Task<DailySecrets> OpenAsync(OwnAccount account, UnlockKey unlock, CancellationToken cancellation)
    {
        var kept = core.Replica.Settings.Read(SettingTable.LockerBlobs);
        var daily = Locker.OpenDaily(account.State, unlock, kept is null ? [] : HomeWriter.Unpack(kept));
        if (!daily.IsValid && daily.Fault.Code == FaultCode.LockerMismatch)
        {
            // The chain has gone on to another locker since this device kept its copy.
            var blobs = await LoginFlow.FetchLockerAsync(core.Calls, account.State, cancellation);
            daily = Locker.OpenDaily(account.State, unlock, blobs);
            if (daily.IsValid)
            {
                core.Replica.Database.Transact("locker", () => core.Replica.Settings.Write(SettingTable.LockerBlobs, HomeWriter.Pack(blobs)));
            }
        }

        return daily.IsValid ? daily.Value : throw new VaultException(daily.Fault);
    }

    private SigningKey OpenDevice(OwnAccount account, DailySecrets daily)
    {
        if (core.Files.Read(KeyFiles.DeviceKey) is not { } wrap
            || DeviceKeyWrap.Open(daily.StorageKey, account.Id, account.Device, wrap) is not { } device)
        {
            throw new VaultException(new Fault(FaultCode.KeyMismatch, "device key"));
        }

        return device;
    }

    private void Learn(FollowedGroup group)
    {
        foreach (var commit in group.KeyCommits)
        {
            applier.Learn(group, commit);
        }

        applier.JudgeEpoch(group);
    }
}
