using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Doctor;
using Vault.Client.Sync;
using GroupView = Vault.Client.Groups.GroupView;

namespace Vault.Agent.Views;

/// <summary>
/// What ends a finding. A check of the library names the next look; which of the command line's words ends the matter takes more than one check
/// knows: whether polls fail too, whether mending was tried, which groups are forked and which are only disputed. Without this, hints led
/// in a circle.
/// </summary>
internal static class CheckAdvice
{
    private const string Poll = "poll";
    private const string Notifications = "notifications";
    private const string Forks = "forks";

    private const int IdDigits = 16;

    /// <summary>The checks, with other commands where they would lead nowhere.</summary>
    public static IEnumerable<CheckResult> Of(VaultClient vault, IReadOnlyList<CheckResult> checks) =>
        vault.State == ClientState.NoAccount ? checks : Of(checks, vault.Groups.List(), vault.Accounts.WhoAmI().Relay);

    internal static IEnumerable<CheckResult> Of(IReadOnlyList<CheckResult> checks, IReadOnlyList<GroupView> groups, string relay)
    {
        var isRelayDown = checks.Any(check => check is { Name: Poll, State: CheckState.Fail });
        return checks.Select(check => check switch
        {
            { State: CheckState.Ok or CheckState.Skipped } => check,
            { Name: Poll or Notifications } when isRelayDown => check with
            {
                Command = $"Is {relay} the relay's address, and is this machine online? Else ask its operator. Edits wait here; svault status says when it answers again.",
            },
            { Name: Notifications, Mended.Length: > 0 } => check with
            {
                Command = "Ask the relay's operator. Until then changes come by polling, and svault status says how often.",
            },
            // An account that is forked has advice of its own, a sentence, which comes first.
            { Name: Forks } when !check.Command.StartsWith("svault ", StringComparison.Ordinal) => check,
            { Name: Forks } when groups.FirstOrDefault(group => group.Status.State == FreshnessState.Forked) is { } forked => check with
            {
                Command = $"svault group evidence {Named(forked)} --to FILE keeps the proof; svault group adopt-relay {Named(forked)}, or adopt-mine, ends it",
            },
            { Name: Forks } when groups.FirstOrDefault(group => group.Status.Disputed) is { } disputed => check with
            {
                Command = $"svault status {Named(disputed)} --members names the device; compare svault group code {Named(disputed)} with its owner. "
                    + "Other words at one position: the relay shows two histories, and its operator has to say why.",
            },
            _ => check,
        });
    }

    // As a shell takes it: other names would need quotes, and a locked agent knows none.
    private static string Named(GroupView group) =>
        group.Name.Length > 0 && group.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? group.Name
            : group.Id.ToString()[..IdDigits];
}
