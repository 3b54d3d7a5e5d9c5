using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;
using ClientGroup = Vault.Client.Groups.GroupView;

namespace Vault.Agent.Services;

/// <summary>How this device stands with the relay.</summary>
internal sealed class SyncGrpcService(AgentClient client, AutoLock autoLock, TimeProvider time) : SyncService.SyncServiceBase
{
    private const uint TimeoutDefaultMs = 15_000;
    private const uint TimeoutMostMs = 600_000;
    private static readonly TimeSpan s_freshStatus = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_betweenRounds = TimeSpan.FromMilliseconds(250);

    public override Task<SyncResponse> Sync(SyncRequest request, ServerCallContext context) => client.RunAsync(async vault =>
    {
        var timeout = TimeSpan.FromMilliseconds(Math.Min(TimeoutMostMs, request.TimeoutMs == 0 ? TimeoutDefaultMs : request.TimeoutMs));
        var before = Chosen(vault, request.Groups).ToDictionary(group => group.Id, group => group.Status);
        var began = time.GetTimestamp();
        await RoundAsync(vault, timeout, context.CancellationToken);
        var groups = Chosen(vault, request.Groups);

        // A relay that has just come back answers one connection before the other: what it left undone is tried again.
        while (!groups.All(IsSettled) && time.GetElapsedTime(began) is var spent && spent < timeout && groups.Any(group => group.Status.ProofAge < spent))
        {
            await Task.Delay(s_betweenRounds, time, context.CancellationToken);
            await RoundAsync(vault, timeout - spent, context.CancellationToken);
            groups = Chosen(vault, request.Groups);
        }

        // A group that no request of this call reached is not proven by it, however young its last proof is.
        var took = time.GetElapsedTime(began);
        var response = new SyncResponse
        {
            AllProven = groups.All(group => IsProven(group) && (group.Status.State == FreshnessState.Ended || group.Status.ProofAge <= took)),
            Unsigned = Unsigned(vault),
        };
        response.Groups.Add(groups.Select(group => GroupViews.Of(vault, group)));
        foreach (var group in groups.Where(group => before.ContainsKey(group.Id)))
        {
            response.Applied += group.Status.VerifiedSeq - before[group.Id].VerifiedSeq;
            response.Confirmed += (ulong)Math.Max(0, before[group.Id].Pending - group.Status.Pending);
        }

        return response;
    });

    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) => client.RunAsync(async vault =>
    {
        var account = AccountViews.Of(vault.Accounts.WhoAmI());
        if (request.Fresh)
        {
            await RoundAsync(vault, s_freshStatus, context.CancellationToken);
        }

        var response = new GetStatusResponse
        {
            Account = account,
            LockState = AccountViews.LockOf(vault),
            LocksInMs = AccountViews.LocksInMs(vault, autoLock),
            Stream = Stream(vault),
            Unsigned = Unsigned(vault),
        };
        response.Groups.Add(Chosen(vault, request.Groups).Select(group => request.Members ? GroupViews.WithDevices(vault, group) : GroupViews.Of(vault, group)));
        return response;
    });

    public override async Task WatchChanges(
        WatchChangesRequest request, IServerStreamWriter<WatchChangesResponse> responseStream, ServerCallContext context)
    {
        using var moved = new SemaphoreSlim(0, 1);
        void Wake(GroupId group) => Signal(moved);
        var (feed, standing) = await client.RunAsync(vault =>
        {
            var only = request.Groups.Select(name => vault.Groups.Find(name).Id);
            var feed = new ChangeFeed(vault.Groups, only, Positions(request.From));
            vault.Sync.Changed += Wake;
            return (feed, ChangeViews.Standing(vault, feed));
        });
        try
        {
            await responseStream.WriteAsync(standing, context.CancellationToken);
            while (true)
            {
                var changes = await client.RunAsync(vault => feed.Next().Select(change => ChangeViews.Of(vault, change)).ToList());
                foreach (var change in changes)
                {
                    await responseStream.WriteAsync(change, context.CancellationToken);
                }

                // States change by the clock alone too.
                if (changes.Count == 0)
                {
                    await moved.WaitAsync(s_betweenLooks, context.CancellationToken);
                }
            }
        }
        finally
        {
            await client.RunAsync(vault =>
            {
                vault.Sync.Changed -= Wake;
                return true;
            });
        }
    }

    private static Dictionary<GroupId, ulong> Positions(IEnumerable<GroupPosition> positions)
    {
        var known = new Dictionary<GroupId, ulong>();
        foreach (var position in positions)
        {
            known[position.GroupId.Length == 2 * Hash32.Size && position.GroupId.All(char.IsAsciiHexDigit)
                ? GroupId.Parse(Convert.FromHexString(position.GroupId))
                : throw new AgentException(ExitCode.Usage, "A position names its group by 64 hexadecimal digits.")] = position.Seq;
        }

        return known;
    }

    private static void Signal(SemaphoreSlim moved)
    {
        try
        {
            moved.Release();
        }
        catch (SemaphoreFullException)
        {
            // One is enough.
        }
    }

    // A relay that cannot be reached is what the states say, not a failure of the call.
    private async Task RoundAsync(VaultClient vault, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await vault.Sync.SyncAsync(null, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Time is up: the states say how far it came.
        }
        catch (VaultException refused) when (refused.IsOffline)
        {
            // The same.
        }
    }

    // Nor is another round the end of a dispute; but whoever asks whether this is the newest is not told yes while a device says no.
    private static bool IsProven(ClientGroup group) => IsSettled(group) && group.Status is { Quarantined: 0, Disputed: false };

    private static uint Unsigned(VaultClient vault) => vault.State == ClientState.Unlocked ? 0 : (uint)vault.Items.OutboxCount();

    // What was set aside waits for a person, not for another round.
    private static bool IsSettled(ClientGroup group) =>
        group.Status is { IsFresh: true, Pending: 0, MissingBlobs: 0 } or { State: FreshnessState.Ended, Pending: 0 };

    private static IReadOnlyList<ClientGroup> Chosen(VaultClient vault, IReadOnlyCollection<string> named) =>
        named.Count == 0 ? [.. vault.Groups.List(), .. vault.Groups.EndedWithEdits()] : [.. named.Select(vault.Groups.Find).DistinctBy(group => group.Id)];

    private static StreamView Stream(VaultClient vault)
    {
        var connection = vault.Sync.Connection();
        // A stream that is gone says more than that notifications were lost on it.
        var (state, since) = connection switch
        {
            { StreamAge: null, Reason.Length: > 0 } => (StreamState.Down, connection.DownFor),
            { NotificationsFailing: true } => (StreamState.Failing, connection.FailingFor),
            { StreamAge: { } age } => (StreamState.Up, age),
            _ => (StreamState.Connecting, connection.DownFor),
        };
        var view = new StreamView
        {
            State = state,
            Missed = (ulong)connection.MissedHints,
            PollIntervalMs = (uint)connection.PollInterval.TotalMilliseconds,
            Reason = connection.Reason,
            MissedWhileFailing = (ulong)connection.MissedWhileFailing,
        };
        if (since is { } time)
        {
            view.SinceMs = (ulong)time.TotalMilliseconds;
        }

        if (connection.RoundTrip is { } trip)
        {
            view.RoundTripMs = trip.TotalMilliseconds;
        }

        return view;
    }
}
