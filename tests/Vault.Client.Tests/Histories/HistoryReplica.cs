using Google.Protobuf;
using Grpc.Core.Interceptors;
using Microsoft.Data.Sqlite;
using Vault.Client.Accounts;
using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Client.Transport;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Tests.Histories;

/// <summary>
/// One locked device that follows one group: the real replica, loader, puller and applier on SQLite in memory. It pulls from
/// the real relay, through a liar who can put one more commit behind the relay's own.
/// </summary>
internal sealed class HistoryReplica : IDisposable
{
    private static int s_databases;

    private readonly HistoryRelay _relay;
    private readonly Reader _reader;
    private readonly GroupId _group;
    private readonly Liar _liar = new();
    private readonly string _database = $"Data Source=replica-{Interlocked.Increment(ref s_databases)};Mode=Memory;Cache=Shared;Pooling=False";
    private readonly SqliteConnection _disk;
    private ClientCore _core;
    private GroupPuller _puller;

    public HistoryReplica(HistoryRelay relay, Reader reader, GroupId group)
    {
        _relay = relay;
        _reader = reader;
        _group = group;
        _disk = Connect();
        (_core, _puller) = Start(Furnish);
    }

    public AccountId Account => _reader.Id;

    public FollowedGroup Group => _core.Groups[_group];

    public VerifiedGroup State => Group.State!;

    /// <summary>Pulls to the relay's head. The fault that the pull ended with; null: none.</summary>
    /// <param name="offered">A commit that the relay did not take, sent behind what it did take.</param>
    public async Task<Fault?> PullAsync(SignedEntry? offered = null)
    {
        _liar.Lie = answer =>
        {
            if (offered is not null && answer is PullResponse { More: false } page)
            {
                page.Commits.Add(new CommitRecord { Commit = offered.Clone() });
            }
        };
        try
        {
            await _puller.PullAsync(Group, CancellationToken.None);
            return null;
        }
        catch (VaultException refused)
        {
            return refused.Fault;
        }
    }

    /// <summary>Takes a commit from the stream, or refuses it.</summary>
    public bool TryTakeHint(SignedEntry commit, IEnumerable<byte[]> blobs, ByteString token)
    {
        var record = new CommitRecord { Commit = commit.Clone() };
        record.Blobs.Add(blobs.Select(blob => new Blob { Content = ByteString.CopyFrom(blob) }));
        return _puller.TryTakeHint(Group, record, token);
    }

    /// <summary>Ends the process and starts another on the same disk.</summary>
    public void Restart()
    {
        _core.Dispose();
        (_core, _puller) = Start(_ => { });
    }

    public void Dispose()
    {
        _core.Dispose();
        _disk.Dispose();
    }

    // What a login and an accepted invite leave on a disk, of which a locked device needs no more.
    private void Furnish(ClientCore core) => core.Replica.Database.Transact("furnish", () =>
    {
        var settings = core.Replica.Settings;
        settings.Write(SettingTable.Account, _reader.Id.ToArray());
        settings.Write(SettingTable.Device, _reader.Device.ToArray());
        settings.WriteText(SettingTable.Relay, _relay.Address);
        for (var i = 0; i < _reader.Entries.Count; i++)
        {
            core.Replica.Chains.AddAccountEntry(_reader.Id, (ulong)i, _reader.Entries[i]);
        }

        core.Replica.Chains.SetGroup(_group, Follow.Accepted);
    });

    private (ClientCore Core, GroupPuller Puller) Start(Action<ClientCore> before)
    {
        var core = new ClientCore(new ClientOptions { HomeDirectory = "home" }, Seams());
        core.Open();
        before(core);
        ReplicaLoader.Load(core);
        return (core, new GroupPuller(core, new CommitApplier(core, new SavedEdits(), new FormerValues(core)), new BlobFetcher(core), new SuffixPusher(core)));
    }

    private ClientSeams Seams() => new()
    {
        Time = _relay.Clock,
        BootClock = _relay.Clock,
        Random = _relay.Random,
        Connect = (_, _) => new RelayConnection(_relay.Calls.Intercept(_liar)),
        OpenReplica = _ => Connect(),
        OpenHome = _ => new SyncKeyAlone(_reader.Sync.Seed),
        PasswordUnlock = new FastUnlock(),
    };

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_database);
        connection.Open();
        return connection;
    }

    private sealed class SyncKeyAlone(ByteString seed) : IHomeFiles
    {
        public byte[]? Read(string name) => string.Equals(name, KeyFiles.SyncKey, StringComparison.Ordinal) ? seed.ToByteArray() : null;

        public void Write(string name, ReadOnlySpan<byte> content) => throw new NotSupportedException("A locked device writes no key.");

        public void Delete(string name) => throw new NotSupportedException("A locked device deletes no key.");
    }
}
