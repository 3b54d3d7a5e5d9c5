using Vault.Client;
using Vault.Client.Accounts;
using Vault.Core.Ids;
using Vault.Ipc.V1;

namespace Vault.Agent.Views;

/// <summary>Commits, as the contract shows them: who, when, and what they did to what. Items are named as they are called now, while unlocked.</summary>
internal sealed class LogViews(VaultClient vault, GroupId group)
{
    // One item may stand in many commits, and each look opens a box.
    private readonly Dictionary<string, string> _titles = new(StringComparer.Ordinal);

    public LogEntry Of(Client.Groups.LogEntry entry)
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
            Subject = change.Kind switch
            {
                "re_anchors" or "removes" or "leave" => change.Detail,
                "puts" => TitleOf(change.Subject),
                _ => "",
            },
            Role = Enum.TryParse<Role>(change.Detail, ignoreCase: true, out var role) && !char.IsAsciiDigit(change.Detail[0]) ? role : Role.Unspecified,
            SubjectId = change.Kind == "epoch" ? change.Detail : change.Subject,
        }));
        return shown;
    }

    // Empty: locked, deleted since, or not here yet.
    private string TitleOf(string item)
    {
        if (vault.State != ClientState.Unlocked)
        {
            return "";
        }

        if (!_titles.TryGetValue(item, out var title))
        {
            title = Look(ItemId.Parse(Convert.FromHexString(item)));
            _titles.Add(item, title);
        }

        return title;
    }

    private string Look(ItemId item)
    {
        try
        {
            return vault.Items.Get(group, item).Item.Title;
        }
        catch (VaultException)
        {
            return "";
        }
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
