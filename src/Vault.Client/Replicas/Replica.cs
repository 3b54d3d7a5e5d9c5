
namespace Vault.Client.Replicas;

/// <summary>Everything one device keeps on disk about its account and groups, the key files aside.</summary>
internal sealed class Replica : IDisposable
{
    private Replica(ReplicaDatabase database)
    {
        Database = database;
        Settings = new SettingTable(database);
        Chains = new ChainTables(database);
        Forks = new ForkTables(database);
        Blobs = new BlobTable(database);
        Superseded = new SupersededTable(database);
        Outbox = new OutboxTable(database);
        Journal = new JournalTable(database);
        Attestations = new AttestationTable(database);
    }

    public ReplicaDatabase Database { get; }

    public SettingTable Settings { get; }

    public ChainTables Chains { get; }

    public ForkTables Forks { get; }

    public BlobTable Blobs { get; }

    public SupersededTable Superseded { get; }

    public OutboxTable Outbox { get; }

    public JournalTable Journal { get; }

    public AttestationTable Attestations { get; }

    public static Replica Open(ClientOptions options, ClientSeams seams) => new(
        ReplicaDatabase.Open(seams.OpenReplica, Path.Combine(options.HomeDirectory, "replica.sqlite"), seams.CommitProbe));

    public void Dispose() => Database.Dispose();
}
