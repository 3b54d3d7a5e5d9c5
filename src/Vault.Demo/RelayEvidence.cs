using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Demo;

/// <summary>What stands in the relay's database, read as a thief would and verified as a client would.</summary>
internal sealed class RelayEvidence
{
    private readonly Dictionary<AccountId, (VerifiedAccount Account, IReadOnlyList<byte[]> Locker)> _accounts = [];

    private RelayEvidence(GroupId group, IReadOnlyList<VerifiedCommit> commits, IReadOnlyDictionary<BlobHash, byte[]> blobs)
    {
        Group = group;
        Commits = commits;
        Blobs = blobs;
    }

    public GroupId Group { get; }

    /// <summary>The group's chain, every commit verified.</summary>
    public IReadOnlyList<VerifiedCommit> Commits { get; }

    /// <summary>Every blob of the group that the relay still has.</summary>
    public IReadOnlyDictionary<BlobHash, byte[]> Blobs { get; }

    /// <summary>The commit that removed somebody.</summary>
    public VerifiedCommit Removal => Commits.Last(commit => commit.Body.Removes.Count > 0);

    public (VerifiedAccount Account, IReadOnlyList<byte[]> Locker) AccountOf(AccountId id) => _accounts[id];

    public static RelayEvidence Read(string directory, string groupId)
    {
        var file = Directory.GetFiles(directory, "*.db").Single();
        using var database = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        database.Open();
        var group = GroupId.Parse(Convert.FromHexString(groupId));
        var commits = new List<VerifiedCommit>();
        foreach (var entry in Entries(database, "SELECT body, signatures FROM commits WHERE grp = $id ORDER BY seq", group.ToArray()))
        {
            var verdict = commits.Count == 0 ? GroupRules.Found(entry) : GroupRules.Extend(commits[^1].After, entry);
            commits.Add(verdict.Value);
        }

        var blobs = Column(database, "SELECT content FROM blobs WHERE grp = $id AND content IS NOT NULL ORDER BY hash", group.ToArray())
            .ToDictionary(blob => BlobHashes.Of(blob));
        var evidence = new RelayEvidence(group, commits, blobs);
        foreach (var account in Column(database, "SELECT account FROM accounts ORDER BY account", null))
        {
            var entries = Entries(database, "SELECT body, signatures FROM entries WHERE account = $id ORDER BY seq", account);
            var locker = Column(database, "SELECT content FROM lockers WHERE account = $id ORDER BY hash", account);
            evidence._accounts[AccountId.Parse(account)] = (AccountRules.Verify(entries).Value, locker);
        }

        return evidence;
    }

    private static List<SignedEntry> Entries(SqliteConnection database, string sql, byte[] id)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$id", id);
        using var rows = command.ExecuteReader();
        var entries = new List<SignedEntry>();
        while (rows.Read())
        {
            var entry = new SignedEntry { Body = ByteString.CopyFrom((byte[])rows[0]) };
            foreach (var signature in ((byte[])rows[1]).Chunk(Limits.SignatureBytes))
            {
                entry.Signatures.Add(ByteString.CopyFrom(signature));
            }

            entries.Add(entry);
        }

        return entries;
    }

    private static List<byte[]> Column(SqliteConnection database, string sql, byte[]? id)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        if (id is not null)
        {
            command.Parameters.AddWithValue("$id", id);
        }

        using var rows = command.ExecuteReader();
        var values = new List<byte[]>();
        while (rows.Read())
        {
            values.Add((byte[])rows[0]);
        }

        return values;
    }
}
