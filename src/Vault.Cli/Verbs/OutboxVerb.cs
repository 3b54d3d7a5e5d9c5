using System.CommandLine;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>outbox list, retry, discard.</summary>
internal static class OutboxVerb
{
    private const int ShownDigits = 12;

    public static Command Create() => Verb.Group(
        "outbox",
        "Edits that are kept here and not in the chain yet: what waits, and what was set aside.",
        OutboxListVerb.Create(),
        OutboxRetryVerb.Create(),
        OutboxDiscardVerb.Create());

    /// <summary>Where an edit goes, as far as its name is known here.</summary>
    internal static string Place(OutboxEditView edit) =>
        $"{Names.OrId(edit.Group, edit.GroupId)}/{(edit.Title.Length > 0 ? edit.Title : edit.ItemId)}";

    /// <summary>An op id as it is shown; that many digits are enough to name it.</summary>
    internal static string Op(OutboxEditView edit) => edit.OpId[..Math.Min(ShownDigits, edit.OpId.Length)];

    /// <summary>What an edit does: "changes password, notes".</summary>
    internal static string Deed(OutboxEditView edit)
    {
        var parts = string.Join(", ", edit.Parts);
        return edit.Kind switch
        {
            OutboxKind.Add => $"adds {parts}".TrimEnd(),
            OutboxKind.Change => parts.Length == 0 ? "changes nothing that is shown" : $"changes {parts}",
            OutboxKind.Delete => "deletes for ever",
            _ => "cannot be read here",
        };
    }
}
