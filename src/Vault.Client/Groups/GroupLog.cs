using Vault.Client.Sync;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Groups;

/// <summary>The chain, for reading: each commit's author, time and changes. Bodies are verified before they are stored.</summary>
internal sealed class GroupLog(ClientCore core, GroupReader reader)
{
    /// <summary>Newest first, below the given position.</summary>
    public IReadOnlyList<LogEntry> Read(FollowedGroup group, int most, ulong? before)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        var end = Math.Min(before ?? ulong.MaxValue, (ulong)group.Ids.Count);
        var start = end > (ulong)most ? end - (ulong)most : 0;
        var names = reader.Names(group);
        return [.. core.Replica.Chains.Commits(group.Id, start).Take((int)(end - start)).Select(entry => Of(group, entry, names)).Reverse()];
    }

    private LogEntry Of(FollowedGroup group, SignedEntry entry, Dictionary<AccountId, string> names)
    {
        var body = GroupBody.Parser.ParseFrom(entry.Body);
        var author = AccountId.Parse(body.AuthorAccount.Span);
        return new LogEntry(
            body.Seq,
            EntryIds.OfGroupCommit(EntryId.Parse(body.Prev.Span), entry),
            author,
            names.GetValueOrDefault(author, ""),
            DeviceId.Parse(body.AuthorDevice.Span),
            reader.Note(group, body)?.TimeMs ?? 0,
            [.. Changes(body, names)]);
    }

    private static IEnumerable<LogChange> Changes(GroupBody body, Dictionary<AccountId, string> names)
    {
        LogChange Person(string kind, Google.Protobuf.ByteString account, string detail = "") =>
            new(kind, Hex(account), detail.Length > 0 ? detail : AccountId.TryParse(account, out var id) ? names.GetValueOrDefault(id, "") : "");

        if (body.Genesis is { } genesis)
        {
            yield return new LogChange("genesis", "", genesis.Kind.ToString());
        }

        foreach (var change in body.ReAnchors.Select(change => Person("re_anchors", change.Account)))
        {
            yield return change;
        }

        if (body.Info is not null)
        {
            yield return new LogChange("info", "", "");
        }

        foreach (var change in body.Removes.Select(change => Person("removes", change.Account))
            .Concat(body.Leave is null ? [] : [Person("leave", body.AuthorAccount)])
            .Concat(body.Roles.Select(change => Person("roles", change.Account, change.Role.ToString())))
            .Concat(body.CloseInvites.Select(change => new LogChange("close_invites", Hex(change.Invite), "")))
            .Concat(body.OpenInvites.Select(change => new LogChange("open_invites", Core.KeyIds.OfInvite(change.InviteKey.Span).ToString(), change.Role.ToString())))
            .Concat(body.Adds.Select(change => Person("adds", change.Account, change.Role.ToString()))))
        {
            yield return change;
        }

        if (body.Epoch is { } epoch)
        {
            yield return new LogChange("epoch", "", epoch.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        foreach (var change in body.Deletes.Select(change => new LogChange("deletes", Hex(change.Item), ""))
            .Concat(body.Puts.Select(change => new LogChange("puts", Hex(change.Item), change.Replaces.IsEmpty ? "new" : "changed")))
            .Concat(body.Close is null ? [] : [new LogChange("close", "", "")]))
        {
            yield return change;
        }
    }

    private static string Hex(Google.Protobuf.ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
