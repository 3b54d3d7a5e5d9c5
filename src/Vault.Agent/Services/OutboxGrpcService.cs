using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Items;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>Edits that wait or were set aside: list, try again, throw away.</summary>
internal sealed class OutboxGrpcService(AgentClient client, AutoLock autoLock) : OutboxService.OutboxServiceBase
{
    private const int LeastIdDigits = 6;

    public override Task<ListOutboxResponse> ListOutbox(ListOutboxRequest request, ServerCallContext context) => client.RunAsync(vault =>
    {
        var groups = request.Groups.Select(name => vault.Groups.Find(name).Id).ToHashSet();
        var response = new ListOutboxResponse();
        response.Edits.Add(vault.Items.Outbox()
            .Where(edit => groups.Count == 0 || groups.Contains(edit.Group))
            .Select(edit => OutboxViews.Of(vault, edit)));
        return response;
    });

    public override Task<RetryEditsResponse> RetryEdits(RetryEditsRequest request, ServerCallContext context)
    {
        if (request.All == request.Ops.Count > 0)
        {
            throw new AgentException(ExitCode.Usage, "Name the edits, or all of them.", "svault outbox list");
        }

        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var edits = vault.Items.Outbox();
            var named = request.Ops.Select(op => Named(vault, edits, op).OpId).ToHashSet(StringComparer.Ordinal);
            var chosen = edits.Where(edit => request.All ? edit.State == EditState.Quarantined : named.Contains(edit.OpId)).ToArray();
            foreach (var edit in chosen.Where(edit => edit.State == EditState.Quarantined))
            {
                vault.Items.Retry(edit.OpId);
            }

            // Without keys nothing is signed: there is nothing to wait for.
            var wait = vault.State == ClientState.Unlocked ? request.WaitMs : 0;
            var response = new RetryEditsResponse();
            foreach (var edit in chosen)
            {
                response.Edits.Add(await OutcomeAsync(vault, edit, wait, context.CancellationToken));
                wait = response.Edits[^1].Write is { State: WriteState.SavedHere } ? 0 : wait;
            }

            return response;
        });
    }

    public override Task<DiscardEditResponse> DiscardEdit(DiscardEditRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(vault =>
        {
            if (vault.State == ClientState.Locked)
            {
                throw new AgentException(ExitCode.Locked, "What would be lost can only be named unlocked.", "svault unlock");
            }

            var edit = Named(vault, vault.Items.Outbox(), request.Op);
            var response = new DiscardEditResponse { Edit = OutboxViews.Of(vault, edit) };
            vault.Items.Discard(edit.OpId);
            if (vault.Items.List(edit.Group, withTrash: true).FirstOrDefault(item => item.Id == edit.Item) is { } item)
            {
                response.Item = ItemViews.Summary(item, response.Edit.Group);
            }

            return response;
        });
    }

    private static async Task<RetriedEdit> OutcomeAsync(VaultClient vault, OutboxEdit edit, uint waitMs, CancellationToken cancellation)
    {
        var write = await WriteOutcomes.WaitAsync(vault, new AcceptedEdit(edit.Group, edit.Item, edit.OpId), waitMs, cancellation);
        var now = vault.Items.Outbox(edit.Group).FirstOrDefault(one => one.OpId == edit.OpId);
        var retried = new RetriedEdit { Edit = OutboxViews.Of(vault, now ?? edit with { State = EditState.Pending, Reason = null }) };
        if (now is not { State: EditState.Quarantined })
        {
            retried.Write = write;
        }

        return retried;
    }

    private static OutboxEdit Named(VaultClient vault, IReadOnlyList<OutboxEdit> edits, string op)
    {
        var named = op.Length >= LeastIdDigits ? edits.Where(edit => edit.OpId.StartsWith(op, StringComparison.OrdinalIgnoreCase)).ToArray() : [];
        return named switch
        {
            [var one] => one,
            [] => throw new AgentException(ExitCode.NotFound, $"No edit \"{op}\" waits here.", "svault outbox list"),
            _ => throw AgentException.Ambiguous(
                $"{named.Length} edits begin with \"{op}\".", "Write more of the id.", named.Select(edit => CandidateOf(OutboxViews.Of(vault, edit)))),
        };
    }

    private static Candidate CandidateOf(OutboxEditView edit) => new() { Selector = edit.OpId, Id = edit.OpId, Title = edit.Title, Group = edit.Group };
}
