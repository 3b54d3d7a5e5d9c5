using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Lists items.</summary>
internal static class LsVerb
{
    private const int ShortId = 8;

    private static readonly Argument<string[]> _groups = Verb.Groups();

    private static readonly Option<string?> _type = TypeOption();

    private static readonly Option<string[]> _tag = new("--tag", "-t") { Description = "Only items with this tag.", HelpName = "tag" };

    private static readonly Option<bool> _trash = new("--trash") { Description = "What is in the trash." };

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create("ls", "List items.", RunAsync, [_groups, _type, _tag, _trash, .. _read.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var items = await run.ItemsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            items.ListItemsAsync(
                new ListItemsRequest
                {
                    Groups = { run.Value(_groups) },
                    Type = run.Value(_type) is { } type ? Names.ItemTypeOf(type) : ItemType.Unspecified,
                    Tags = { run.Values(_tag) },
                    Trash = run.Value(_trash),
                    Read = _read.Of(run),
                },
                cancellationToken: cancellation).ResponseAsync);
        foreach (var group in response.Groups)
        {
            run.Notices.Freshness(group.Group, group.Freshness);
        }

        if (run.Json)
        {
            run.Answer.Document(
                new ItemListDocument(
                    "svault.item.ls/v1",
                    [.. response.Items.Select(ItemPart.Of)],
                    [.. response.Groups.Select(group => new GroupFreshnessPart(group.GroupId, group.Group, FreshnessPart.Of(group.Freshness)))]),
                Documents.Json.Default.ItemListDocument);
            return Verb.Ok;
        }

        if (response.Items.Count > 0)
        {
            run.Answer.Table(
                ["GROUP", "TITLE", "TYPE", "USER", "ID"],
                response.Items.Select(item => new[]
                {
                    item.Group, item.Title + ShowVerb.Marks(item), Names.Of(item.Type), item.Subtitle, item.Id[..Math.Min(ShortId, item.Id.Length)],
                }));
        }

        return Verb.Ok;
    }

    private static Option<string?> TypeOption()
    {
        var option = new Option<string?>("--type") { Description = "Only items of this type.", HelpName = "type" };
        option.AcceptOnlyFromAmong(Names.ItemTypes);
        return option;
    }
}
