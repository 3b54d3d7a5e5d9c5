using Vault.Client.Accounts;
using Vault.Client.Doctor;
using Vault.Client.Groups;
using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Client.Sync;

namespace Vault.Client;

/// <summary>
/// One device of one account: the front door. Call it from one SynchronizationContext only (in production a
/// <see cref="ClientPump"/>); it has no locks. Every refusal is a <see cref="VaultException"/>.
/// </summary>
public sealed class VaultClient : IAsyncDisposable
{
    private readonly ClientCore _core;
    private readonly Unlocker _unlocker;
    private readonly Poller _poller;
    private readonly SyncLoop _loop;
    private bool _opened;

    /// <summary>A client of the home that the options name. Opens nothing yet.</summary>
    public VaultClient(ClientOptions options, ClientSeams seams)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(seams);
        _core = new ClientCore(options, seams);
        var saved = new SavedEdits();
        var former = new FormerValues(_core);
        var applier = new CommitApplier(_core, saved, former);
        var blobs = new BlobFetcher(_core);
        var puller = new GroupPuller(_core, applier, blobs, new SuffixPusher(_core));
        var pusher = new GroupPusher(_core, puller, new MemberAnchors(_core));
        var overlay = new ItemOverlay(_core, former);
        var outbox = new OutboxSender(_core, pusher, overlay, saved);
        var editor = new ItemEditor(_core, overlay, outbox);
        var records = new PersonalRecords(_core, editor);
        var accountPuller = new AccountPuller(_core);
        var refill = new AccountRefill(_core);
        _core.GiveBackAccount = refill.OfferAsync;
        var founder = new GroupFounder(_core);
        var home = new HomeWriter(_core);
        var registrar = new Registrar(_core, home, founder, pusher, accountPuller);
        var witnesses = new Witnesses(_core);
        var attester = new Attester(_core, witnesses);
        var reader = new GroupReader(_core, editor, records, witnesses);
        _unlocker = new Unlocker(_core, applier);
        _poller = new Poller(_core, attester, witnesses);
        var prober = new Prober(_core, _poller);
        var watcher = new Watcher(_core, puller, attester, prober);
        _loop = new SyncLoop(
            _core,
            puller,
            pusher,
            outbox,
            accountPuller,
            refill,
            _poller,
            watcher,
            new JoinCompleter(_core, pusher, records),
            new JoinAcceptor(_core, records),
            records,
            registrar.FinishAsync);
        Sync = new VaultSync(_core, _loop, reader, prober);
        Doctor = new VaultDoctor(_core, Sync, _loop, reader, prober, new ReplicaRepair(_core, blobs), new LinkRedial(_core, _poller, watcher));
        Accounts = new VaultAccounts(_core, registrar, new LoginFlow(_core, home), home, _unlocker, _loop, reader);
        Groups = new VaultGroups(_core, founder, pusher, reader, records, new GroupLog(_core, reader), new Inviter(_core, pusher), new Joiner(_core), _loop);
        var adopter = new BranchAdopter(_core, new BranchReader(_core), applier, new LostItems(_core, overlay), editor, records);
        Forks = new VaultForks(_core, adopter, reader, Groups);
        Items = new VaultItems(_core, editor, former, saved, _loop);
    }

    /// <summary>What the client works with.</summary>
    public ClientOptions Options => _core.Options;

    /// <summary>What this home holds.</summary>
    public ClientState State => _core.State;

    /// <summary>Register, log in, unlock, lock, who am I.</summary>
    public VaultAccounts Accounts { get; }

    /// <summary>Groups, members, invites.</summary>
    public VaultGroups Groups { get; }

    /// <summary>After a fork: evidence, the choice of a side, what is left to settle.</summary>
    public VaultForks Forks { get; }

    /// <summary>Items.</summary>
    public VaultItems Items { get; }

    /// <summary>The loop, and how current each group is.</summary>
    public VaultSync Sync { get; }

    /// <summary>Looks for what is wrong with this home and its way to the relay, and mends what it can.</summary>
    public VaultDoctor Doctor { get; }

    /// <summary>Opens the replica and verifies what is on disk, from every genesis. No network; idempotent.</summary>
    /// <exception cref="VaultException">Storage, REPLICA_CHANGED, KEY_MISMATCH.</exception>
    public void Open()
    {
        if (!_opened)
        {
            _core.Open();
            ReplicaLoader.Load(_core);
            _opened = true;
        }
    }

    /// <summary>Stops the loop, wipes keys, closes connections and replica.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _loop.StopAsync();
            _loop.Dispose();
            if (_opened)
            {
                _unlocker.Lock();
            }
        }
        catch (VaultException)
        {
            // The disk is full or gone: the heads stay authenticated where they were, and the keys are wiped all the same.
        }
        finally
        {
            _poller.Dispose();
            _core.Dispose();
        }
    }
}
