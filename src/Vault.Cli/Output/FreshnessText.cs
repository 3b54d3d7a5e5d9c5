using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>Freshness in a column: "live, 0.4s", "STALE 2h". What is wrong stands out without colour.</summary>
internal static class FreshnessText
{
    public static string Of(Freshness? freshness)
    {
        if (freshness is null)
        {
            return "";
        }

        var age = freshness.HasProofAgeMs ? Durations.Format(freshness.ProofAgeMs) : "";
        var name = Names.Of(freshness.State);
        var text = freshness.State switch
        {
            GroupState.Live or GroupState.Polling => age.Length == 0 ? name : $"{name}, {age}",
            GroupState.CatchingUp or GroupState.Ended => name,
            GroupState.Stale or GroupState.Offline => age.Length == 0 ? name.ToUpperInvariant() : $"{name.ToUpperInvariant()} {age}",
            _ => name.ToUpperInvariant(),
        };
        return freshness.Disputed ? $"{text}, DISPUTED" : text;
    }

    /// <summary>"verified/known"; a question mark when nothing is known.</summary>
    public static string Head(Freshness? freshness) =>
        freshness is null ? "" : $"{freshness.VerifiedSeq}/{(freshness.HasKnownSeq ? freshness.KnownSeq.ToString(System.Globalization.CultureInfo.InvariantCulture) : "?")}";

    /// <summary>What `sync` and `status` exit with for a set of groups; the worst counts.</summary>
    public static ExitCode ExitCodeOf(IEnumerable<GroupView> groups)
    {
        var states = groups.Select(group => group.Freshness).OfType<Freshness>().ToArray();
        return states switch
        {
            _ when states.Any(f => f.State == GroupState.Forked) => ExitCode.Integrity,
            _ when states.Any(f => f.State == GroupState.UpdateNeeded) => ExitCode.NewerFormat,
            _ when states.Any(f => f.Disputed || f.State is not (GroupState.Live or GroupState.Polling or GroupState.Ended)) => ExitCode.Stale,
            _ when states.Any(f => f.Conflicts > 0 || f.Quarantined > 0) => ExitCode.Conflict,
            _ => Verb.Ok,
        };
    }
}
