using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Health;

/// <summary>Whether the profile's folders and files are this user's alone. Asks no agent: it would not start in an open folder.</summary>
internal static class HomeCheck
{
    private const int NamedMost = 3;

    public static CheckView Look(VaultPaths paths, bool fix)
    {
        var open = HomePermissions.Look(paths);
        if (open.Count == 0)
        {
            return Ok(paths);
        }

        if (!fix)
        {
            return Open(open);
        }

        var failure = "";
        foreach (var one in open)
        {
            try
            {
                HomePermissions.Close(one);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                failure = $"; {refused.Message}";
            }
        }

        var left = HomePermissions.Look(paths);
        var check = left.Count == 0 ? Ok(paths) : Open(left);
        check.Mended = $"{open.Count - left.Count} of {open.Count} closed to others{failure}; whoever could read them before may have";
        return check;
    }

    private static CheckView Ok(VaultPaths paths) => new()
    {
        Name = "home",
        State = CheckState.Ok,
        Text = Directory.Exists(paths.StateDirectory) ? $"{paths.StateDirectory} is for this user alone" : $"{paths.StateDirectory} does not exist yet",
    };

    private static CheckView Open(IReadOnlyList<OpenPath> open) => new()
    {
        Name = "home",
        State = CheckState.Fail,
        Text = $"open to other users: {string.Join(", ", open.Take(NamedMost).Select(one => one.Path))}{(open.Count > NamedMost ? $" and {open.Count - NamedMost} more" : "")}",
        Command = open.Any(one => one.Mode is null) ? "Put the file itself where the link is." : "svault doctor --fix",
    };
}
