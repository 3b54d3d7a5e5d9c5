using Google.Protobuf;
using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Items;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Ipc;
using Vault.Ipc.V1;
using ClientItem = Vault.Client.Items.ItemView;

namespace Vault.Agent.Services;

/// <summary>Items: read.</summary>
internal sealed partial class ItemGrpcService(AgentClient client, AutoLock autoLock) : ItemService.ItemServiceBase
{
    public override Task<GetTemplateResponse> GetTemplate(GetTemplateRequest request, ServerCallContext context) =>
        Task.FromResult(Templates.Of(request.Type));

    public override Task<GetFieldResponse> GetField(GetFieldRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var selector = Selector.Parse(request.Selector);
            var item = await ReadAsync(vault, selector, withTrash: false, request.Read, context.CancellationToken);
            var (value, field) = ValueOf(item, selector);
            return new GetFieldResponse
            {
                Value = ByteString.CopyFromUtf8(value),
                Field = field,
                Item = ItemViews.Summary(item, vault.Groups.Show(item.Group).Name),
                Freshness = Freshening.Of(vault, item.Group),
            };
        });
    }

    public override Task<ShowItemResponse> ShowItem(ShowItemRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var selector = Selector.ParseItem(request.Selector);
            var item = await ReadAsync(vault, selector, request.Trash, request.Read, context.CancellationToken);
            return new ShowItemResponse
            {
                Item = ItemViews.Whole(item, vault.Groups.Show(item.Group).Name, request.Reveal),
                Freshness = Freshening.Of(vault, item.Group),
            };
        });
    }

    public override Task<ListItemsResponse> ListItems(ListItemsRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var groups = request.Groups.Count == 0
                ? vault.Groups.List()
                : [.. request.Groups.Select(vault.Groups.Find).DistinctBy(group => group.Id)];
            await Freshening.RequireAsync(vault, [.. groups.Select(group => group.Id)], request.Read, context.CancellationToken);
            var response = new ListItemsResponse();
            foreach (var group in groups)
            {
                response.Items.Add(vault.Items.List(group.Id, withTrash: request.Trash)
                    .Where(item => item.Trashed == request.Trash && Fits(item, request))
                    .Select(item => ItemViews.Summary(item, group.Name)));
                response.Groups.Add(new GroupFreshness { GroupId = group.Id.ToString(), Group = group.Name, Freshness = Freshening.Of(vault, group.Id) });
            }

            return response;
        });
    }

    private static bool Fits(ClientItem item, ListItemsRequest request) =>
        (request.Type == Ipc.V1.ItemType.Unspecified || ItemTypes.FromFormat(item.Item.Type) == request.Type)
        && request.Tags.All(item.Item.Tags.Contains);

    private static async Task<ClientItem> ReadAsync(VaultClient vault, Selector selector, bool withTrash, ReadOptions? read, CancellationToken cancellation)
    {
        if (read is { Fresh: true } or { MaxAgeMs: > 0 } or { Offline: true })
        {
            var groups = selector.Group is null ? vault.Groups.List().Select(group => group.Id) : [vault.Groups.Find(selector.Group).Id];
            await Freshening.RequireAsync(vault, [.. groups], read, cancellation);
        }

        return ItemFinder.Find(vault, selector, withTrash);
    }

    private static (string Value, FieldView Field) ValueOf(ClientItem item, Selector selector)
    {
        var plain = item.Item;
        if (item.Damage is { } damage)
        {
            throw Refusals.Of(new VaultException(damage));
        }

        var type = ItemTypes.FromFormat(plain.Type);
        if (selector.Field is null && ItemTypes.NotesAreSecret(type))
        {
            return (plain.Notes, new FieldView { Id = "notes", Label = "notes", Type = Ipc.V1.FieldType.Concealed, Concealed = true, HasValue = plain.Notes.Length > 0 });
        }

        var name = selector.Field ?? ItemTypes.PrimaryField(type)
            ?? throw new AgentException(ExitCode.Usage, $"\"{plain.Title}\" has no field that stands for the whole item.", "Name one after #, as in item#field.");
        var field = ItemFinder.FindField(plain, selector.Section, name);
        if (field is null)
        {
            return name == "notes"
                ? (plain.Notes, new FieldView { Id = "notes", Label = "notes", Type = Ipc.V1.FieldType.Text, HasValue = plain.Notes.Length > 0 })
                : throw new AgentException(ExitCode.NotFound, $"\"{plain.Title}\" has no field \"{name}\".", "svault show");
        }

        return (field.Value, ItemViews.Of(plain, field, reveal: false));
    }
}
