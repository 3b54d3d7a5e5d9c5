using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>A failure. It goes to standard error; standard output stays empty.</summary>
internal sealed record ErrorDocument(
    string Schema, int Code, string Name, string Message, string? NextStep, FaultPart? Fault, CandidatePart[]? Candidates, uint? RetryAfterMs)
{
    public static ErrorDocument Of(AgentError error) => new(
        "svault.error/v1",
        (int)error.Code,
        ExitCodes.NameOf(error.Code),
        error.Message,
        Text.OrNull(error.NextStep),
        error.Fault == 0
            ? null
            : new FaultPart(error.Fault, error.FaultName, Text.OrNull(error.Chain), error.HasSeq ? error.Seq : null, Text.OrNull(error.Author)),
        error.Candidates.Count == 0
            ? null
            : [.. error.Candidates.Select(c => new CandidatePart(c.Id, c.Selector, c.Title, Text.OrNull(c.Group)))],
        error.RetryAfterMs == 0 ? null : error.RetryAfterMs);
}

/// <summary>What is wrong with a peer's bytes, where, and by whom.</summary>
internal sealed record FaultPart(uint Number, string Name, string? Chain, ulong? Seq, string? Author);

/// <summary>One meaning of an ambiguous selector.</summary>
internal sealed record CandidatePart(string Id, string Selector, string Title, string? Group);
