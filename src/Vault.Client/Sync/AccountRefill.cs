using Google.Protobuf;
using Vault.Client.Accounts;
using Vault.Client.Replicas;
using Vault.Client.Transport;
using Vault.Core;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Gives the own account back to a relay that lost it: the chain, which proves itself, and the locker as far as it is kept here. Only
/// then can this device open a session again, to give back its groups. Needs no key, so a locked device does it too.
/// </summary>
internal sealed class AccountRefill(ClientCore core)
{
    // Poll, stream and calls open their sessions at about the same time; one offer is enough for all.
    private static readonly TimeSpan OfferCounts = TimeSpan.FromSeconds(5);

    private Task<bool>? _offer;
    private TimeSpan _offeredAt;

    /// <summary>After the relay said that it does not know this device. True: it knows the account as it is here, or further.</summary>
    /// <exception cref="VaultException">UNKNOWN_ACCOUNT: the relay takes none back, because no recovery window is open.</exception>
    public Task<bool> OfferAsync(RelayCaller relay, CancellationToken cancellation)
    {
        if (_offer is not { IsCompleted: false } && (_offer is not { IsCompletedSuccessfully: true, Result: true } || core.BootNow - _offeredAt >= OfferCounts))
        {
            _offeredAt = core.BootNow;
            _offer = MakeOfferAsync(relay, cancellation);
        }

        return _offer;
    }

    /// <summary>Gives the relay what it lacks of the locker, if any of it is here.</summary>
    public async Task GiveLockerAsync(RelayCaller relay, CancellationToken cancellation)
    {
        var request = Request();
        if (request.LockerBlobs.Count > 0)
        {
            await SendAsync(relay, request, cancellation);
        }
    }

    private async Task<bool> MakeOfferAsync(RelayCaller relay, CancellationToken cancellation)
    {
        // A device that was retired or revoked has nothing to open.
        if (core.Account is not { } account || !account.State.IsAuthorised(account.Device))
        {
            return false;
        }

        try
        {
            await SendAsync(relay, Request(), cancellation);
            return true;
        }
        catch (VaultException refused) when (!refused.IsOffline && refused.Code != FaultCode.UnknownAccount)
        {
            return false;
        }
    }

    private static Task SendAsync(RelayCaller relay, RefillAccountRequest request, CancellationToken cancellation) =>
        relay.As(null).CallAsync((caller, options) => caller.Accounts.RefillAccountAsync(request, options), 2, cancellation);

    private RefillAccountRequest Request()
    {
        var account = core.RequireAccount();
        var request = new RefillAccountRequest();
        request.Entries.Add(account.Entries);
        if (core.Replica.Settings.Read(SettingTable.LockerBlobs) is { } kept && account.State.Login is { } login)
        {
            // An older locker than the chain names is of no use to anybody.
            var named = login.Ways.Select(way => way.WrapHash).Append(login.DailyHash).Append(login.AuthorityHash).ToHashSet();
            request.LockerBlobs.Add(HomeWriter.Unpack(kept).Select(ByteString.CopyFrom).Where(blob => named.Contains(BlobHashes.Of(blob.Span).ToByteString())));
        }

        return request;
    }
}
