using Vault.Ipc.V1;

namespace Vault.Cli.Shell;

/// <summary>What each exit code promises.</summary>
internal static class ExitCodes
{
    public static IReadOnlyList<(int Code, string Name, string Meaning)> All { get; } =
    [
        (0, "ok", "Done, and true as far as the answer claims."),
        (1, "error", "None of the others; the message says what."),
        (2, "usage", "The command line cannot mean anything."),
        (3, "locked", "The agent is locked, or this profile has no account."),
        (4, "not-found", "Nothing has that name or id."),
        (5, "ambiguous", "Several things have that name; they are listed with their ids."),
        (6, "unauthenticated", "Wrong password, Secret Key or code, or this device was revoked."),
        (7, "forbidden", "The role in the group does not allow it."),
        (8, "conflict", "It collides with what is there."),
        (9, "offline", "The relay did not answer. Edits are kept."),
        (10, "stale", "The head could not be proven within the bound asked for, or another device disputes it."),
        (11, "partial", "Some of several things were done; the answer says which."),
        (12, "integrity", "Bad signature, rollback, fork or wrong pin: somebody lies."),
        (13, "findings", "A check found something."),
        (14, "cancelled", "The person said no, or could not be asked."),
        (15, "agent", "The agent cannot be reached, does not answer, or is another version."),
        (16, "busy", "Another process is at it; try again."),
        (17, "limit", "A size, a count, a quota or a rate is used up."),
        (18, "newer-format", "Written by a newer version; update."),
        (125, "run-failed", "`run` itself failed; otherwise the child's code."),
        (130, "interrupted", "Ctrl-C."),
    ];

    public static string NameOf(ExitCode code) => All.FirstOrDefault(entry => entry.Code == (int)code).Name ?? "error";
}
