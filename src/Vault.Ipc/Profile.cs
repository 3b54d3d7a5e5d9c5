using System.Diagnostics.CodeAnalysis;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>One account on this machine, by a name that is safe as a folder's.</summary>
public sealed record Profile
{
    /// <summary>Characters. A socket's whole path has some 107.</summary>
    public const int LengthMax = 32;

    private Profile(string name) => Name = name;

    public static Profile Default { get; } = new("default");

    public string Name { get; }

    /// <summary>The profile named; false unless it is 1 to 32 of a-z 0-9 - _ . and begins with a letter or digit.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out Profile? profile)
    {
        var valid = name.Length is > 0 and <= LengthMax
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
        profile = valid ? new Profile(name) : null;
        return valid;
    }

    /// <summary>The profile named by the option, else by SVAULT_PROFILE, else the default one.</summary>
    /// <exception cref="AgentException">The name is no profile's.</exception>
    public static Profile Choose(string? option)
    {
        var name = option ?? Environment.GetEnvironmentVariable("SVAULT_PROFILE");
        return string.IsNullOrEmpty(name)
            ? Default
            : TryParse(name, out var profile)
                ? profile
                : throw new AgentException(
                    ExitCode.Usage,
                    $"'{name}' is not a profile's name.",
                    $"Use 1 to {LengthMax} of a-z 0-9 - _ . and begin with a letter or digit.");
    }

    public override string ToString() => Name;
}
