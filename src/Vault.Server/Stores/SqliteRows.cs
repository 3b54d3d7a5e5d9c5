using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Stores;

/// <summary>Columns to values and back. Positions and counters are u64 in an i64: the same bits.</summary>
internal static class SqliteRows
{
    public static byte[] Bytes(this SqliteDataReader row, int column) => (byte[])row.GetValue(column);

    public static Hash32 Hash(this SqliteDataReader row, int column) => Hash32.Parse(row.Bytes(column));

    public static ChainHead Head(this SqliteDataReader row, int seq, int id) =>
        new(unchecked((ulong)row.GetInt64(seq)), new EntryId(row.Hash(id)));

    public static ByteString ByteString(this SqliteDataReader row, int column) => UnsafeByteOperations.UnsafeWrap(row.Bytes(column));

    /// <summary>An entry of columns seq, id, body, signatures, in this order.</summary>
    public static StoredEntry Entry(SqliteDataReader row)
    {
        var entry = new SignedEntry { Body = row.ByteString(2) };
        var signatures = row.Bytes(3);
        for (var at = 0; at < signatures.Length; at += Limits.SignatureBytes)
        {
            entry.Signatures.Add(UnsafeByteOperations.UnsafeWrap(signatures.AsMemory(at, Limits.SignatureBytes)));
        }

        return new StoredEntry(row.Head(0, 1), entry);
    }

    /// <summary>All signatures of an entry, one after the other: each has 64 bytes, or the rules had refused it.</summary>
    public static byte[] Signatures(SignedEntry entry)
    {
        var joined = new byte[entry.Signatures.Count * Limits.SignatureBytes];
        for (var i = 0; i < entry.Signatures.Count; i++)
        {
            entry.Signatures[i].Span.CopyTo(joined.AsSpan(i * Limits.SignatureBytes, Limits.SignatureBytes));
        }

        return joined;
    }

    public static byte[] Array(ReadOnlyMemory<byte> bytes) => bytes.ToArray();

    public static long Number(ulong value) => unchecked((long)value);

    public static DateTimeOffset Time(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
