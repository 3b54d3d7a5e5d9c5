using Grpc.Core;
using Vault.Agent.Items;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Ipc;
using Vault.Ipc.V1;
using Vault.Protocol.V1;

namespace Vault.Agent.Services;

/// <summary>Items: write. What is answered is durable on this device; the outcome says whether the relay has confirmed it.</summary>
internal sealed partial class ItemGrpcService
{
    private const int NotesBytesMax = 256 << 10;

    public override Task<AddItemResponse> AddItem(AddItemRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        var values = FieldWriter.Resolve(request.Fields);
        var item = ItemTemplates.Create(ItemTypes.ToFormat(request.Type), Title(request.Title));
        foreach (var (input, value) in values)
        {
            FieldWriter.Set(item, input, value);
        }

        item.Urls.Add(request.Urls.Select(url => new Url { Id = FieldWriter.NewId(), Url_ = url, Match = UrlMatch.Domain }));
        item.Tags.Add(request.Tags.Distinct());
        item.Notes = Notes(request.Notes);
        return client.RunAsync(async vault =>
        {
            var group = request.Group.Length == 0 ? Personal(vault) : vault.Groups.Find(request.Group).Id;
            var edit = vault.Items.Add(group, item);
            var write = await WriteOutcomes.WaitAsync(vault, edit, request.WaitMs, context.CancellationToken);
            return new AddItemResponse { Item = Summary(vault, group, edit.Item), Write = write };
        });
    }

    public override Task<EditItemResponse> EditItem(EditItemRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        var values = FieldWriter.Resolve(request.SetFields);
        var selector = Selector.ParseItem(request.Selector);
        return client.RunAsync(async vault =>
        {
            var found = ItemFinder.Find(vault, selector);
            var trial = found.Item.Clone();
            Change(trial, request, values);
            if (trial.Equals(found.Item))
            {
                return new EditItemResponse
                {
                    Item = Summary(vault, found.Group, found.Id),
                    Write = new WriteOutcome { State = WriteState.Confirmed, Seq = found.Seq ?? 0 },
                    Unchanged = true,
                };
            }

            var edit = vault.Items.Edit(found.Group, found.Id, item => Change(item, request, values));
            var write = await WriteOutcomes.WaitAsync(vault, edit, request.WaitMs, context.CancellationToken);
            return new EditItemResponse { Item = Summary(vault, found.Group, found.Id), Write = write };
        });
    }

    public override Task<RemoveItemResponse> RemoveItem(RemoveItemRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        var selector = Selector.ParseItem(request.Selector);
        return client.RunAsync(async vault =>
        {
            var found = ItemFinder.Find(vault, selector, withTrash: request.Forever);
            var summary = ItemViews.Summary(found, vault.Groups.Show(found.Group).Name);
            var edit = request.Forever ? vault.Items.Delete(found.Group, found.Id) : vault.Items.Trash(found.Group, found.Id);
            return new RemoveItemResponse
            {
                Item = summary,
                Write = await WriteOutcomes.WaitAsync(vault, edit, request.WaitMs, context.CancellationToken),
            };
        });
    }

    public override Task<RestoreItemResponse> RestoreItem(RestoreItemRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        var selector = Selector.ParseItem(request.Selector);
        return client.RunAsync(async vault =>
        {
            var found = ItemFinder.Find(vault, selector, withTrash: true);
            var write = found.Trashed
                ? await WriteOutcomes.WaitAsync(vault, vault.Items.Restore(found.Group, found.Id), request.WaitMs, context.CancellationToken)
                : new WriteOutcome { State = WriteState.Confirmed, Seq = found.Seq ?? 0 };
            return new RestoreItemResponse { Item = Summary(vault, found.Group, found.Id), Write = write };
        });
    }

    private static void Change(Item item, EditItemRequest request, IReadOnlyList<(FieldInput Input, string Value)> values)
    {
        if (request.HasTitle)
        {
            item.Title = Title(request.Title);
        }

        foreach (var name in request.RemoveFields)
        {
            FieldWriter.Remove(item, name);
        }

        foreach (var (input, value) in values)
        {
            FieldWriter.Set(item, input, value);
        }

        foreach (var gone in item.Urls.Where(url => request.RemoveUrls.Contains(url.Url_)).ToArray())
        {
            item.Urls.Remove(gone);
        }

        item.Urls.Add(request.AddUrls.Where(url => item.Urls.All(one => one.Url_ != url))
            .Select(url => new Url { Id = FieldWriter.NewId(), Url_ = url, Match = UrlMatch.Domain }).ToArray());
        foreach (var tag in request.RemoveTags)
        {
            item.Tags.Remove(tag);
        }

        item.Tags.Add(request.AddTags.Except(item.Tags).ToArray());
        if (request.HasNotes)
        {
            item.Notes = Notes(request.Notes);
        }
    }

    private static ItemSummary Summary(VaultClient vault, GroupId group, ItemId item) =>
        ItemViews.Summary(vault.Items.Get(group, item), vault.Groups.Show(group).Name);

    private static GroupId Personal(VaultClient vault) => vault.Accounts.WhoAmI().PersonalGroup
        ?? throw new AgentException(ExitCode.Conflict, "The personal group is not made yet.", "svault sync");

    private static string Title(string title) => title.Length is 0 or > 1_024
        ? throw new AgentException(ExitCode.Usage, "A title has 1 to 1,024 characters.")
        : title;

    private static string Notes(Google.Protobuf.ByteString notes) => notes.Length > NotesBytesMax
        ? throw new AgentException(ExitCode.Limit, "Notes hold at most 256 KiB.")
        : Utf8.Read(notes, "notes");
}
