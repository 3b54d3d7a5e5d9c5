using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>An edit that the chain does not hold yet. Parts are named, never their values.</summary>
internal sealed record OutboxPart(
    string OpId,
    string GroupId,
    string? Group,
    string ItemId,
    string? Title,
    string State,
    string Kind,
    string[] Parts,
    string? MadeAt,
    string? Reason,
    uint? Fault,
    string? FaultName)
{
    public static OutboxPart Of(OutboxEditView edit) => new(
        edit.OpId,
        edit.GroupId,
        Text.OrNull(edit.Group),
        edit.ItemId,
        Text.OrNull(edit.Title),
        Names.Of(edit.State).Replace(' ', '-'),
        Names.Of(edit.Kind),
        [.. edit.Parts],
        Durations.Utc(edit.MadeMs),
        Text.OrNull(edit.Reason),
        edit.Fault == 0 ? null : edit.Fault,
        Text.OrNull(edit.FaultName));
}

/// <summary>svault.outbox.list/v1</summary>
internal sealed record OutboxListDocument(string Schema, OutboxPart[] Edits);

/// <summary>svault.outbox.retry/v1</summary>
internal sealed record OutboxRetryDocument(string Schema, RetriedPart[] Edits);

/// <summary>What became of one. The write is null when it was set aside again.</summary>
internal sealed record RetriedPart(OutboxPart Edit, WritePart? Write);

/// <summary>svault.outbox.discard/v1</summary>
internal sealed record OutboxDiscardDocument(string Schema, OutboxPart Edit, ItemPart? Item);
