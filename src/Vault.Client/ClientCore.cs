using Vault.Client.Accounts;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Transport;
using Vault.Core.Ids;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client;

/// <summary>What the parts of one client share. One writer: all of it changes on one context.</summary>
internal sealed class ClientCore : IDisposable
{
    private Replica? _replica;
    private IHomeFiles? _files;
    private RelayCaller? _calls;
    private Keyring? _keys;

    public ClientCore(ClientOptions options, ClientSeams seams)
    {
        Options = options;
        Seams = seams;
        Wake = new Signal(seams.Time);
        PollWake = new Signal(seams.Time);
        Watchdog = new HintWatchdog(this);
    }

    public ClientOptions Options { get; }

    public ClientSeams Seams { get; }

    /// <summary>Serialises everything that talks to the relay and changes a chain.</summary>
    public Gate Gate { get; } = new();

    /// <summary>Wakes the loop.</summary>
    public Signal Wake { get; }

    /// <summary>Wakes the poll: its pause is looked at anew.</summary>
    public Signal PollWake { get; }

    /// <summary>The stream was lost: the poll does not wait for its turn to see whether the relay is gone too.</summary>
    public bool WantsPoll { get; set; }

    public HintWatchdog Watchdog { get; }

    public Replica Replica => _replica ?? throw new InvalidOperationException("Open the client first.");

    public IHomeFiles Files => _files ??= Seams.OpenHome(Options.HomeDirectory);

    public OwnAccount? Account { get; set; }

    public Keyring? Keys
    {
        get => _keys;
        set
        {
            _keys = value;
            KeysSince = value is null ? null : BootNow;
        }
    }

    /// <summary>Since when the keys are here. Null: they are not.</summary>
    public TimeSpan? KeysSince { get; private set; }

    public SortedDictionary<GroupId, FollowedGroup> Groups { get; } = [];

    public event Action<GroupId>? Changed;

    /// <summary>A fault of this home or account as a whole, shown in the connection's status.</summary>
    public Fault? AccountFault { get; set; }

    /// <summary>What the relay serves of the own account chain, or says to it, and is refused; gone with the next good answer.</summary>
    public Fault? ServedAccountFault { get; set; }

    /// <summary>Something stored was met that cannot be read, and passed over.</summary>
    public Fault? DiskFault => _replica?.Database.HasUnreadableRows == true ? new Fault(FaultCode.ReplicaChanged, "a stored row does not parse") : null;

    /// <summary>The newest request got no answer, or a refusal.</summary>
    public VaultException? LinkFailure { get; set; }

    /// <summary>Since when the relay answers polls without a break, whatever becomes of other calls. Null: it does not, or was not asked yet.</summary>
    public TimeSpan? AnsweringSince { get; set; }

    /// <summary>Why the stream is down.</summary>
    public VaultException? StreamFailure { get; set; }

    /// <summary>The own account chain moved.</summary>
    public bool WantsAccount { get; set; }

    /// <summary>The relay lacks a part of the own locker.</summary>
    public bool WantsLocker { get; set; }

    /// <summary>Gives the own account back to a relay that does not know this device. True: it knows the account now.</summary>
    public Func<RelayCaller, CancellationToken, Task<bool>>? GiveBackAccount { get; set; }

    /// <summary>Ends with the loop.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>A poll found a head that no hint had reached, and the stream has not proven itself since.</summary>
    public bool NotificationsFailing
    {
        get => FailingSince is not null;
        set
        {
            FailingSince = value ? FailingSince ?? BootNow : null;
            MissedWhileFailing = value ? MissedWhileFailing : 0;
        }
    }

    /// <summary>The present time from poll to poll, before its spread: short while notifications fail or the relay does not answer.</summary>
    public TimeSpan PollInterval => NotificationsFailing || LinkFailure is not null ? Options.FastPollInterval : Options.PollInterval;

    /// <summary>When notifications began to fail, on the boot clock. Null: they do not.</summary>
    public TimeSpan? FailingSince { get; private set; }

    /// <summary>Heads that a poll found first: since start, and since notifications have been failing.</summary>
    public int MissedHints { get; private set; }

    public int MissedWhileFailing { get; private set; }

    /// <summary>The last poll's way to the relay and back. Null: none was answered.</summary>
    public TimeSpan? RoundTrip { get; set; }

    /// <summary>When the last stream that was up ended. Null: none did since start.</summary>
    public TimeSpan? StreamDownAt { get; set; }

    public TimeSpan? LastBeat { get; set; }

    public TimeSpan? StreamSince { get; set; }

    /// <summary>Set when a stream is up. Null: nobody asked.</summary>
    public Signal? StreamOpened { get; set; }

    /// <summary>Since when the stream is down although the relay answers. Null: it is up, or none is wanted.</summary>
    public TimeSpan? StreamLostAt { get; set; }

    /// <summary>
    /// Whether hints have to come: a stream is up, or has not come up for so long that notifications fail by that alone. While one is
    /// being dialled nothing is late yet.
    /// </summary>
    public bool ExpectsHints => StreamSince is not null || (StreamLostAt is { } lost && BootNow - lost > 2 * Options.CallDeadline);

    public ClientState State => Account is null ? ClientState.NoAccount : Keys is null ? ClientState.Locked : ClientState.Unlocked;

    /// <summary>The calls connection, as this device.</summary>
    public RelayCaller Calls => _calls ??= Dial(ConnectionUse.Calls);

    public TimeSpan BootNow => Seams.BootClock.Elapsed;

    /// <summary>Milliseconds since 1970-01-01 UTC; for display, and for the expiry of invites.</summary>
    public long WallMs => Seams.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public TimeSpan Skew => BootNow - Seams.Time.GetElapsedTime(0);

    public void Open() => _replica ??= Replica.Open(Options, Seams);

    public OwnAccount RequireAccount() =>
        Account ?? throw VaultException.Refuse(ClientRefusal.NoAccount, "This home holds no account. Register, or log in.");

    public Keyring RequireKeys()
    {
        _ = RequireAccount();
        return Keys ?? throw VaultException.Refuse(ClientRefusal.Locked, "The vault is locked. Unlock it first.");
    }

    public FollowedGroup RequireGroup(GroupId group) =>
        Groups.TryGetValue(group, out var found) && found.State is not null
            ? found
            : throw VaultException.Refuse(ClientRefusal.NotFound, $"No group {group} is here.");

    /// <summary>A connection of its own, calling as this device.</summary>
    public RelayCaller Dial(ConnectionUse use)
    {
        var account = RequireAccount();
        var relay = account.Relay;
        return new RelayCaller(
            Seams.Connect(relay, use),
            Seams.Time,
            Options.CallDeadline,
            nonce => SignedProofs.DeviceSession(relay.RelayName, nonce, account.Id, account.Device, account.SyncKey),
            GiveBackAccount);
    }

    public void HangUp()
    {
        _calls?.Dispose();
        _calls = null;
    }

    /// <summary>A poll found a head that no hint reached in time.</summary>
    public void NoteMiss()
    {
        MissedHints++;
        MissedWhileFailing++;
    }

    public void RaiseChanged(GroupId group) => Changed?.Invoke(group);

    public void Dispose()
    {
        HangUp();
        Keys?.Dispose();
        Keys = null;
        Account?.Dispose();
        Account = null;
        _replica?.Dispose();
        _replica = null;
    }
}
