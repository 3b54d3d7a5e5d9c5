using System.CommandLine;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>conflict list, show, resolve.</summary>
internal static class ConflictVerb
{
    private const int ShownDigits = 8;

    public static Command Create() => Verb.Group(
        "conflict",
        "One thing changed twice: the item keeps one version, a copy beside it the other.",
        ConflictListVerb.Create(),
        ConflictShowVerb.Create(),
        ConflictResolveVerb.Create());

    internal static Argument<string> Argument() => new("conflict") { Description = "The copy's id or, when it has only one, its item: group/item, an id, or a URL." };

    /// <summary>Who wrote a version.</summary>
    internal static string By(string author, bool own) => own ? "you" : author.Length > 0 ? author : "not known";

    /// <summary>An item's id as it is shown; that many digits are enough to name it.</summary>
    internal static string Id(ItemSummary item) => item.Id[..ShownDigits];

    internal static string Label(PartDifference one) => Names.InSection(one.Section, one.Label);
}
