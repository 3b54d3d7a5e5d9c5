using System.CommandLine;

namespace Vault.Cli.Shell;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Answer with one JSON document; errors too, on standard error.",
        Recursive = true,
    };

    public static Option<string?> Profile { get; } = new("--profile")
    {
        Description = "The account to use, when there are several on this machine (SVAULT_PROFILE).",
        HelpName = "name",
        Recursive = true,
    };

    public static Option<bool> NoInput { get; } = new("--no-input")
    {
        Description = "Never ask; what would need an answer fails.",
        Recursive = true,
    };

    public static Option<bool> Yes { get; } = new("--yes", "-y")
    {
        Description = "Take every confirmation as given.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Json, Profile, NoInput, Yes];
}
