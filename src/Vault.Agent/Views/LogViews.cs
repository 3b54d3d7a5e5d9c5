using Vault.Ipc.V1;

namespace Vault.Agent.Views;

/// <summary>A commit, as the contract shows it: who, when, and what it did to what.</summary>
internal static class LogViews
{
    public static LogEntry Of(Client.Groups.LogEntry entry)
    {
        var shown = new LogEntry
        {
            Seq = entry.Seq,
            CommitId = entry.Id.ToString(),
            AuthorId = entry.Author.ToString(),
            Author = entry.AuthorName,
            DeviceId = entry.Device.ToString(),
            TimeMs = entry.TimeMs,
        };
        shown.Changes.Add(entry.Changes.Select(change => new LogChange
        {
            Kind = KindOf(change.Kind),
            Subject = change.Kind is "re_anchors" or "removes" or "leave" ? change.Detail : "",
            Role = Enum.TryParse<Role>(change.Detail, ignoreCase: true, out var role) && !char.IsAsciiDigit(change.Detail[0]) ? role : Role.Unspecified,
            SubjectId = change.Kind == "epoch" ? change.Detail : change.Subject,
        }));
        return shown;
    }

    private static ChangeKind KindOf(string field) => field switch
    {
        "genesis" => ChangeKind.Found,
        "re_anchors" => ChangeKind.ReAnchor,
        "info" => ChangeKind.GroupInfo,
        "removes" => ChangeKind.Remove,
        "leave" => ChangeKind.Leave,
        "roles" => ChangeKind.Role,
        "open_invites" => ChangeKind.OpenInvite,
        "close_invites" => ChangeKind.CloseInvite,
        "adds" => ChangeKind.Add,
        "epoch" => ChangeKind.Epoch,
        "puts" => ChangeKind.Put,
        "deletes" => ChangeKind.Delete,
        "close" => ChangeKind.Close,
        _ => ChangeKind.Unspecified,
    };
}
