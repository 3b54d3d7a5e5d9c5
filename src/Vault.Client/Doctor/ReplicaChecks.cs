using Vault.Client.Replicas;

namespace Vault.Client.Doctor;

/// <summary>What an audit of the stored rows means to a person.</summary>
internal static class ReplicaChecks
{
    public static CheckResult Of(AuditReport report, string mended = "")
    {
        if (report.IsSound)
        {
            return new("replica", CheckState.Ok, $"{report.Entries} entries and {report.Blobs} blobs have their hashes") { Mended = mended };
        }

        var worst = report.Findings.Any(finding => IsGrave(finding.Kind)) ? CheckState.Fail : CheckState.Warn;
        var text = string.Join("; ", report.Findings.GroupBy(finding => finding.Kind).OrderBy(same => same.Key).Select(Sentence));
        return new("replica", worst, text, Command(report)) { Mended = mended };
    }

    // A former value that is gone takes nothing away that is live; a statement comes again.
    private static bool IsGrave(AuditKind kind) => kind is not (AuditKind.FormerValue or AuditKind.Attestation);

    private static string Sentence(IGrouping<AuditKind, AuditFinding> same) =>
        same.Count() == 1 ? same.First().Text : $"{same.First().Text}, and {same.Count() - 1} more like it";

    private static string Command(AuditReport report) => report.Findings.Max(finding => (int)Remedy(finding.Kind)) switch
    {
        (int)Remedies.Fix => "svault doctor --fix",
        (int)Remedies.Keep => "svault outbox list; what cannot be read stays on disk: keep the home as it is, and ask for help",
        _ => "Move the home aside and log in anew in an empty one; what was sent is at the relay.",
    };

    private static Remedies Remedy(AuditKind kind) => kind switch
    {
        AuditKind.Database or AuditKind.Group => Remedies.Anew,
        AuditKind.Edit or AuditKind.SignedCommit or AuditKind.Evidence => Remedies.Keep,
        _ => Remedies.Fix,
    };

    private enum Remedies
    {
        Fix,
        Keep,
        Anew,
    }
}
