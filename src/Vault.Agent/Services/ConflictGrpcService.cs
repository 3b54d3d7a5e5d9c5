using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Items;
using Vault.Agent.Views;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Ipc;
using Vault.Ipc.V1;
using Vault.Protocol.V1;
using ClientConflict = Vault.Client.Items.ConflictView;

namespace Vault.Agent.Services;

/// <summary>Conflicts: list, compare, settle by ordinary edits.</summary>
internal sealed class ConflictGrpcService(AgentClient client, AutoLock autoLock, TimeProvider time) : ConflictService.ConflictServiceBase
{
    public override Task<ListConflictsResponse> ListConflicts(ListConflictsRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(vault =>
        {
            var groups = request.Groups.Count == 0 ? vault.Groups.List() : [.. request.Groups.Select(vault.Groups.Find).DistinctBy(group => group.Id)];
            var response = new ListConflictsResponse();
            foreach (var group in groups)
            {
                response.Conflicts.Add(vault.Items.Conflicts(group.Id).Select(conflict => ConflictViews.Of(vault, conflict, reveal: false)));
                response.Groups.Add(new ConflictFreshness { Group = group.Name, Freshness = Freshening.Of(vault, group.Id) });
            }

            return response;
        });
    }

    public override Task<ShowConflictResponse> ShowConflict(ShowConflictRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        var selector = Selector.ParseItem(request.Selector);
        return client.RunAsync(vault =>
        {
            var conflict = ConflictFinder.Find(vault, selector);
            return new ShowConflictResponse
            {
                Conflict = ConflictViews.Of(vault, conflict, request.Reveal),
                Freshness = Freshening.Of(vault, conflict.Copy.Group),
            };
        });
    }

    public override Task<ResolveConflictResponse> ResolveConflict(ResolveConflictRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        if (request.Keep == ConflictSide.Unspecified == (request.Take.Count == 0))
        {
            throw new AgentException(ExitCode.Usage, "Say which version to keep, or which parts to take from the copy: one of the two.", "svault conflict show");
        }

        var selector = Selector.ParseItem(request.Selector);
        return client.RunAsync(async vault =>
        {
            var conflict = ConflictFinder.Find(vault, selector);
            var (group, copy) = (conflict.Copy.Group, conflict.Copy.Id);
            var keep = Side(conflict, request.Keep, vault.Accounts.WhoAmI().Account);
            var edits = vault.Items.EditAll(group, conflict.Item is { } item ? Settle(item, conflict.Copy, keep, request.Take) : SettleAlone(conflict, keep));
            var write = await WriteOutcomes.WaitAllAsync(vault, edits, request.WaitMs, context.CancellationToken);
            var name = vault.Groups.Show(group).Name;
            var response = new ResolveConflictResponse { Write = write };
            if (conflict.Item is not null)
            {
                response.Item = ItemViews.Summary(vault.Items.Get(group, conflict.ItemId), name);
                response.Other = ItemViews.Summary(vault.Items.Get(group, copy), name);
            }
            else if (keep == ConflictSide.Item)
            {
                response.Other = ItemViews.Summary(vault.Items.Get(group, copy), name);
            }
            else
            {
                response.Item = ItemViews.Summary(vault.Items.Get(group, copy), name);
            }

            return response;
        });
    }

    // Mine and theirs say something only where one side is this account's and the other is not.
    private static ConflictSide Side(ClientConflict conflict, ConflictSide keep, AccountId self)
    {
        if (keep is not (ConflictSide.Mine or ConflictSide.Theirs))
        {
            return keep;
        }

        var copyOwn = conflict.CopyAuthor == self;
        var itemOwn = conflict.Item is { } item ? item.Author == self : conflict.CopyAuthor is null || !copyOwn;
        return conflict.CopyAuthor is null || copyOwn == itemOwn || (conflict.Item is null && !copyOwn)
            ? throw new AgentException(
                ExitCode.Conflict, "Mine and theirs do not tell the two apart: not exactly one of them was written by this account.", "Keep item or copy.")
            : copyOwn == (keep == ConflictSide.Mine) ? ConflictSide.Copy : ConflictSide.Item;
    }

    private IReadOnlyList<(ItemId, Action<Item>)> Settle(Client.Items.ItemView item, Client.Items.ItemView copy, ConflictSide keep, IReadOnlyList<string> take)
    {
        if (keep == ConflictSide.Both)
        {
            return [(copy.Id, ItemConflicts.Unmark)];
        }

        var differences = ItemParts.Between(item.Item, copy.Item);
        IReadOnlySet<string> taken = keep switch
        {
            ConflictSide.Copy => differences.Select(one => one.Id).ToHashSet(),
            ConflictSide.Item => new HashSet<string>(),
            _ => take.Select(name => ItemParts.Named(differences, name).Id).ToHashSet(),
        };
        void ChangeItem(Item made)
        {
            ConflictSettlement.ApplyToItem(made, copy.Item, differences, taken);
            made.TrashedMs = keep == ConflictSide.Copy ? 0 : made.TrashedMs;
        }

        void ChangeCopy(Item made) => ConflictSettlement.ApplyToCopy(made, item.Item, taken, time.GetUtcNow().ToUnixTimeMilliseconds());

        // An item that stays byte for byte is not written again.
        var trial = item.Item.Clone();
        ChangeItem(trial);
        return trial.Equals(item.Item) ? [(copy.Id, ChangeCopy)] : [(item.Id, ChangeItem), (copy.Id, ChangeCopy)];
    }

    // The item was deleted for ever: the deletion stands, or the copy becomes an item of its own.
    private IReadOnlyList<(ItemId, Action<Item>)> SettleAlone(ClientConflict conflict, ConflictSide keep) => keep switch
    {
        ConflictSide.Copy or ConflictSide.Both => [(conflict.Copy.Id, ItemConflicts.Unmark)],
        ConflictSide.Item => [(conflict.Copy.Id, made => made.TrashedMs = Math.Max(1, time.GetUtcNow().ToUnixTimeMilliseconds()))],
        _ => throw new AgentException(ExitCode.Usage, "The item was deleted: there are no parts to choose from.", "Keep item or copy."),
    };
}
