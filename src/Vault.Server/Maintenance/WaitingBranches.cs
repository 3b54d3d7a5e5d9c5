using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>Branches that members brought in a recovery window and that no operator picked.</summary>
internal static class WaitingBranches
{
    /// <summary>The files of a data directory's brought branches whose ends do not stand.</summary>
    public static IReadOnlyList<string> In(string directory)
    {
        var brought = SuffixFile.In(directory).Where(SuffixFile.IsBrought).ToList();
        if (brought.Count == 0 || !File.Exists(DataDirectory.DatabaseIn(directory)))
        {
            return brought;
        }

        using var session = RelayFile.OpenReadOnly(DataDirectory.DatabaseIn(directory));
        return [.. brought.Where(file => BranchFiles.Index(file) is not var (group, branch) || !SqliteReads.Stands(session, group, branch.End))];
    }

    /// <summary>What an operator is told of them. Empty: none wait.</summary>
    public static string Said(string directory) => In(directory).Count switch
    {
        0 => "",
        1 => "A branch that a member brought waits to be picked: svault-server branches lists it.",
        var count => $"{count} branches that members brought wait to be picked: svault-server branches lists them.",
    };
}
