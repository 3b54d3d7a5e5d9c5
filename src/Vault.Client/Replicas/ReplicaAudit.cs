using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Client.Accounts;
using Vault.Client.Sync;
using Vault.Core;
using Vault.Core.Chains;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Replicas;

/// <summary>
/// Looks through everything that the replica stores, believing no row: each entry and each blob against its hash, each other row
/// against its shape. What does not parse is a finding. Changes nothing.
/// </summary>
internal sealed class ReplicaAudit(ClientCore core)
{
    private readonly List<AuditFinding> _findings = [];
    private int _entries;
    private int _blobs;

    private ReplicaDatabase Database => core.Replica.Database;

    /// <summary>One look at everything. Between groups whatever else waits has its turn.</summary>
    /// <exception cref="VaultException">Storage: the database itself cannot be read.</exception>
    public async Task<AuditReport> RunAsync()
    {
        _findings.Clear();
        (_entries, _blobs) = (0, 0);
        CheckDatabase();
        CheckShapes();
        if (core.Account is { } account)
        {
            CheckAccount(account);
        }

        foreach (var group in core.Groups.Values.ToList())
        {
            await Task.Yield();
            CheckCommits(group);
            CheckBlobs(group);
        }

        return new AuditReport([.. _findings], _entries, _blobs);
    }

    private void CheckDatabase()
    {
        foreach (var line in Database.Query("PRAGMA quick_check(10)", row => row.GetString(0)).Where(line => line != "ok"))
        {
            Find(AuditKind.Database, null, line);
        }
    }

    // The entries here were verified, one by one, when they were read or came; a row is sound when it holds the same bytes.
    private void CheckAccount(OwnAccount account)
    {
        var rows = Database.QueryReadable(
            "SELECT seq, entry FROM account_entry WHERE account=$a ORDER BY seq",
            row => (Seq: row.GetInt64(0), Entry: Bytes(row, 1)),
            ("$a", account.Id.ToArray())).ToDictionary(row => row.Seq, row => row.Entry);
        for (var seq = 0; seq < account.Entries.Count; seq++)
        {
            _entries++;
            if (!rows.TryGetValue(seq, out var stored) || !stored.AsSpan().SequenceEqual(account.Entries[seq].ToByteArray()))
            {
                Find(AuditKind.AccountEntry, account.Id.Value, $"entry {seq} of the own account is missing or changed", (ulong)seq);
            }
        }
    }

    // An id covers the predecessor's id and every byte that was signed, and the ids in memory are those of the verified chain.
    private void CheckCommits(FollowedGroup group)
    {
        var rows = Database.QueryReadable(
            "SELECT seq, id, entry FROM group_commit WHERE grp=$g ORDER BY seq",
            row => (Seq: row.GetInt64(0), Id: Bytes(row, 1), Entry: Bytes(row, 2)),
            ("$g", group.Id.ToArray())).ToDictionary(row => row.Seq);
        for (var seq = 0; seq < group.Ids.Count; seq++)
        {
            _entries++;
            var prev = seq == 0 ? new EntryId(Hash32.Zero) : group.Ids[seq - 1];
            if (!rows.Remove(seq, out var row) || !row.Id.AsSpan().SequenceEqual(group.Ids[seq].ToArray()) || !Holds(row.Entry, prev, group.Ids[seq]))
            {
                Find(AuditKind.Commit, group.Id.Value, $"commit {seq} is missing or changed", (ulong)seq);
            }
        }

        if (core.Replica.Chains.ReadMac(group.Id.Value) is { } kept && kept.Head != default && !group.Contains(kept.Head))
        {
            Find(AuditKind.Commit, group.Id.Value, $"the chain ends before commit {kept.Head.Seq}, which was here at the last unlock", kept.Head.Seq);
        }

        foreach (var seq in rows.Keys.Order())
        {
            Find(AuditKind.Commit, group.Id.Value, $"commit {seq} does not follow on what is verified", (ulong)seq);
        }
    }

    private void CheckBlobs(FollowedGroup group)
    {
        var sound = new HashSet<BlobHash>();
        foreach (var (key, hash) in Database.QueryReadable(
            "SELECT hash, content FROM blob WHERE grp=$g ORDER BY hash", row => (Bytes(row, 0), BlobHashes.Of(Bytes(row, 1))), ("$g", group.Id.ToArray())))
        {
            _blobs++;
            if (key.AsSpan().SequenceEqual(hash.ToArray()))
            {
                sound.Add(hash);
            }
            else
            {
                _findings.Add(new AuditFinding(AuditKind.Blob, group.Id.Value, null, key, "the content of an item is damaged"));
            }
        }

        // Whoever left is given no content any more: what came too late is nothing that is missing.
        IEnumerable<LiveItem> items = group.Follow == Follow.Over ? [] : group.State?.Items.Values ?? [];
        foreach (var live in items.Where(item => !sound.Contains(item.BlobHash)))
        {
            _findings.Add(new AuditFinding(AuditKind.MissingBlob, group.Id.Value, null, live.BlobHash.ToArray(), "the content of an item is not here"));
        }

        foreach (var former in Database.QueryReadable("SELECT hash FROM superseded WHERE grp=$g ORDER BY hash", row => Bytes(row, 0), ("$g", group.Id.ToArray()))
            .Where(former => !BlobHash.TryParse(ByteString.CopyFrom(former), out var hash) || !sound.Contains(hash)))
        {
            _findings.Add(new AuditFinding(AuditKind.FormerValue, group.Id.Value, null, former, "an item's former value is lost"));
        }
    }

    // Rows that belong to no chain: what they hold must be what their readers can read.
    private void CheckShapes()
    {
        Each("SELECT grp, op_id, item, base_box, edit_box, fault, delete_box FROM outbox ORDER BY place", AuditKind.Edit, "an edit that waits cannot be read", IsEdit);
        Each(
            "SELECT grp, id, entry, ops, blobs FROM journal WHERE state=0 OR (state=2 AND blobs<>x'') ORDER BY place",
            AuditKind.SignedCommit,
            "a commit that this device signed cannot be read",
            row => IsHash(row, 0) && IsHash(row, 1) && Parses(SignedEntry.Parser, Bytes(row, 2))
                && Bytes(row, 3).Length % Limits.OperationIdBytes == 0 && Parses(PushRequest.Parser, Bytes(row, 4)));
        Each("SELECT id, follow FROM grp ORDER BY id", AuditKind.Group, "a group that is followed cannot be read", row => IsHash(row, 0) && row.GetInt64(1) is >= 1 and <= 3);
        Each("SELECT grp, device, bytes FROM attestation ORDER BY grp, device", AuditKind.Attestation, "another device's statement cannot be read", row => IsHash(row, 0) && IsHash(row, 1) && Parses(Attestation.Parser, Bytes(row, 2)));
        Each("SELECT grp, ours, theirs FROM fork ORDER BY grp, seq", AuditKind.Evidence, "evidence of a fork cannot be read", row => IsHash(row, 0) && Parses(SignedEntry.Parser, Bytes(row, 1)) && Parses(SignedEntry.Parser, Bytes(row, 2)));
        Each("SELECT grp, id, entry FROM lost_commit ORDER BY grp, id", AuditKind.Evidence, "a commit of a branch that was given up cannot be read", row => IsHash(row, 0) && IsHash(row, 1) && Parses(SignedEntry.Parser, Bytes(row, 2)));
        Each("SELECT grp, account, role FROM lost_change ORDER BY grp, account", AuditKind.Evidence, "a removal that waits cannot be read", row => IsHash(row, 0) && IsHash(row, 1) && row.GetInt64(2) is >= 0 and <= 4);
        Each("SELECT chain, id, state_hash, mac FROM chain_mac ORDER BY chain", AuditKind.Authentication, "an authenticated head cannot be read", row => IsHash(row, 0) && IsHash(row, 1) && IsHash(row, 2) && IsHash(row, 3));
    }

    private void Each(string sql, AuditKind kind, string text, Func<SqliteDataReader, bool> isSound)
    {
        foreach (var (chain, sound) in Database.Query(sql, row => (Chain: Bytes(row, 0), IsSound: Passes(row, isSound))))
        {
            if (!sound)
            {
                Find(kind, Hash32.TryParse(chain, out var id) ? id : null, text);
            }
        }
    }

    private bool IsEdit(SqliteDataReader row)
    {
        if (!IsHash(row, 0) || Bytes(row, 1).Length != Limits.OperationIdBytes || Bytes(row, 2).Length != ItemId.Size
            || (!row.IsDBNull(5) && !Parses(FaultInfo.Parser, Bytes(row, 5))))
        {
            return false;
        }

        // Locked, only the shape can be looked at.
        var edit = new OutboxRow(
            0, OperationId.Parse(Bytes(row, 1)), GroupId.Parse(Bytes(row, 0)), ItemId.Parse(Bytes(row, 2)), null,
            row.IsDBNull(3) ? null : Bytes(row, 3), row.IsDBNull(4) ? null : Bytes(row, 4), row.IsDBNull(6) ? null : Bytes(row, 6), false, null, 0);
        return core.Keys?.Daily.StorageKey is not { } key
            || ((edit.BaseBox is null || edit.OpenBase(key) is not null) && (edit.EditBox is null || edit.OpenEdit(key) is not null)
                && !edit.IsForgedDelete(key));
    }

    private static bool Passes(SqliteDataReader row, Func<SqliteDataReader, bool> isSound)
    {
        try
        {
            return isSound(row);
        }
        catch (Exception unreadable) when (ReplicaDatabase.IsUnreadable(unreadable))
        {
            return false;
        }
    }

    private static bool Holds(byte[] stored, EntryId prev, EntryId id) =>
        Parses(SignedEntry.Parser, stored) && EntryIds.OfGroupCommit(prev, SignedEntry.Parser.ParseFrom(stored)) == id;

    private static bool Parses<T>(MessageParser<T> parser, byte[] bytes)
        where T : IMessage<T>
    {
        try
        {
            parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static bool IsHash(SqliteDataReader row, int column) => Bytes(row, column).Length == Hash32.Size;

    private static byte[] Bytes(SqliteDataReader row, int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<byte[]>(column);

    private void Find(AuditKind kind, Hash32? chain, string text, ulong? seq = null) => _findings.Add(new AuditFinding(kind, chain, seq, null, text));
}
