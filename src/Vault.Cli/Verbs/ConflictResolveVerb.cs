using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>
/// Settles a conflict by ordinary edits. What is not kept goes to the trash as the copy, and its secrets into the item's history.
/// </summary>
internal static class ConflictResolveVerb
{
    private const string FromCopy = "=copy";

    private static readonly (string Name, ConflictSide Side)[] _sides =
    [
        ("mine", ConflictSide.Mine), ("theirs", ConflictSide.Theirs), ("item", ConflictSide.Item), ("copy", ConflictSide.Copy), ("both", ConflictSide.Both),
    ];

    private static readonly Argument<string> _conflict = ConflictVerb.Argument();

    private static readonly Option<string?> _keep = KeepOption();

    private static readonly Option<string[]> _take = new("--take")
    {
        Description = "Take a part from the copy, by id or label; the rest stays as the item has it. May be repeated.",
        HelpName = "field=copy",
    };

    private static readonly WriteFlags _write = new();

    public static Command Create() => Verb.Create(
        "resolve",
        "Settle a conflict; what is not kept goes to the trash. Example: svault conflict resolve family/Router --keep mine",
        RunAsync,
        [_conflict, _keep, _take, .. _write.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var take = run.Values(_take);
        if (run.Value(_keep) is null == (take.Length == 0))
        {
            throw Usage.Wrong("Say --keep or --take: one of the two.", "svault conflict show");
        }

        var request = new ResolveConflictRequest { Selector = run.Value(_conflict), WaitMs = _write.WaitMs(run) };
        if (run.Value(_keep) is { } keep)
        {
            request.Keep = _sides.Single(side => side.Name == keep).Side;
        }

        request.Take.Add(take.Select(part => part.EndsWith(FromCopy, StringComparison.Ordinal) && part.Length > FromCopy.Length
            ? part[..^FromCopy.Length]
            : throw Usage.Wrong("--take takes a part's name and where from.", "Write --take field=copy; the rest stays as the item has it.")));
        var conflicts = await run.ConflictsAsync(cancellation);
        var response = await run.Notices.WhileAsync("saving", conflicts.ResolveConflictAsync(request, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new ConflictResolveDocument(
                    "svault.conflict.resolve/v1",
                    response.Item is null ? null : ItemPart.Of(response.Item),
                    response.Other is null ? null : ItemPart.Of(response.Other),
                    WritePart.Of(response.Write)),
                Documents.Json.Default.ConflictResolveDocument);
        }
        else
        {
            Print(run, response);
        }

        return run.Notices.Write(response.Write, _write.MustConfirm(run));
    }

    private static void Print(Invocation run, ResolveConflictResponse response)
    {
        var (item, other) = (response.Item, response.Other);
        var name = $"{(item ?? other).Group}/{(item ?? other).Title}";
        run.Answer.Line(
            item is null ? $"The deletion of {name} stands; the copy is in the trash."
            : other is { Trashed: false } ? $"Both are kept: {name} ({ConflictVerb.Id(item)} and {ConflictVerb.Id(other)})."
            : other is null ? $"{name} is an item of its own now."
            : $"Settled {name}; what was not kept is in the trash ({ConflictVerb.Id(other)}).");
    }

    private static Option<string?> KeepOption()
    {
        var option = new Option<string?>("--keep")
        {
            Description = "mine or theirs: the version that you, or somebody else, wrote; item or copy: what stands, or what lies beside it; both: as two items.",
            HelpName = "side",
        };
        option.AcceptOnlyFromAmong([.. _sides.Select(side => side.Name)]);
        return option;
    }
}
