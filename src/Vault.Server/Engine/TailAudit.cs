using Vault.Core.Ids;

namespace Vault.Server.Engine;

/// <summary>
/// Watches the tail, on a path of its own: the heads that watchers were told of against the head rows of the store, read by
/// primary key and not by the tail's cursor. A head that stood for two seconds unpublished is counted, logged and published
/// here, so a tail that hangs or passes something over shows to the operator and costs watchers seconds, not weeks.
/// </summary>
internal sealed partial class TailAudit(RelayParts parts)
{
    /// <summary>One comparison, and what follows from it.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(parts.Limits.AuditInterval, parts.Time, cancellationToken);
        var behind = await BehindAsync(parts.FanOut.Watched(), cancellationToken);
        if (behind.Count == 0)
        {
            return;
        }

        // The store keeps no times of commits: a head is as old as the audit has seen it stand there.
        await Task.Delay(parts.Limits.AuditPatience, parts.Time, cancellationToken);
        var told = parts.FanOut.Watched().ToDictionary();
        var missed = behind.Where(head => told.TryGetValue(head.Group, out var seq) && !(seq >= head.Seq)).ToList();
        if (missed.Count == 0)
        {
            return;
        }

        LogUnpublished(parts.Logger, missed.Count);
        foreach (var (group, _) in missed)
        {
            parts.Metrics.Unpublished();
            await PublishAsync(group, cancellationToken);
        }
    }

    private async Task<List<(GroupId Group, ulong Seq)>> BehindAsync(
        IReadOnlyList<(GroupId Group, ulong? ToldSeq)> watched, CancellationToken cancellationToken)
    {
        var behind = new List<(GroupId, ulong)>();
        foreach (var (group, told) in watched)
        {
            var page = await parts.Store.ReadGroupAsync(group, null, 0, null, cancellationToken);
            if (page is not null && !(told >= page.Head.Seq))
            {
                behind.Add((group, page.Head.Seq));
            }
        }

        return behind;
    }

    // What the tail would say: the head to the members, and to whoever left the end of the membership and nothing after it. The
    // head is read first: no end up to it can be overlooked, and one that comes after it is for the next publication.
    private async Task PublishAsync(GroupId group, CancellationToken cancellationToken)
    {
        var page = await parts.Store.ReadGroupAsync(group, null, 0, null, cancellationToken);
        if (page is null)
        {
            return;
        }

        var ended = new Dictionary<AccountId, ChainHead>();
        foreach (var account in parts.FanOut.AccountsOf(group))
        {
            var membership = (await parts.Store.ReadGroupAsync(group, null, 0, account, cancellationToken))?.Reader;
            if (membership?.Ended is { } end && end.Seq <= page.Head.Seq)
            {
                ended[account] = end;
            }
        }

        parts.FanOut.Publish(Publication.OfHead(group, page.Head), ended);
    }

    [LoggerMessage(4, LogLevel.Error, "The tail has not published {Count} heads that stand in the store; the audit published them.")]
    private static partial void LogUnpublished(ILogger logger, int count);
}
