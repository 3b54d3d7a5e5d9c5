namespace Vault.Client.Doctor;

/// <summary>How one check came out.</summary>
public enum CheckState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, and may not for long, or not as well as it could.</summary>
    Warn,

    /// <summary>Does not work, or cannot be trusted.</summary>
    Fail,

    /// <summary>Not looked at, because something else is missing first; the text says what.</summary>
    Skipped,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">Stable word for programs, such as <c>notifications</c>.</param>
/// <param name="Text">What was seen, one sentence.</param>
/// <param name="Command">What mends it: a command line, or a sentence where only a person can. Empty: nothing to mend.</param>
public sealed record CheckResult(string Name, CheckState State, string Text, string Command = "")
{
    /// <summary>What was done about it, where it was to be mended. Empty: nothing.</summary>
    public string Mended { get; init; } = "";
}
