using System.Text.Json;
using Vault.Cli.Documents;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>A failure, on standard error.</summary>
internal static class ErrorReport
{
    /// <summary>Writes it, and returns the exit code.</summary>
    public static int Write(AgentError error, bool json)
    {
        if (json)
        {
            Console.Error.WriteLine(JsonSerializer.Serialize(ErrorDocument.Of(error), Json.Default.ErrorDocument));
            return (int)error.Code;
        }

        Console.Error.WriteLine($"svault: {Printable.Of(error.Message)}");
        if (error.Fault != 0 && !error.Message.Contains(error.FaultName, StringComparison.Ordinal))
        {
            Console.Error.WriteLine($"  fault {error.FaultName} ({error.Fault}){Place(error)}");
        }

        foreach (var candidate in error.Candidates)
        {
            var place = candidate.Group.Length == 0 ? "" : $"{candidate.Group}/";
            Console.Error.WriteLine($"  {candidate.Id}  {Printable.Of(place + candidate.Title)}");
        }

        if (error.NextStep.Length > 0)
        {
            Console.Error.WriteLine($"  {Printable.Of(error.NextStep)}");
        }

        return (int)error.Code;
    }

    private static string Place(AgentError error)
    {
        var chain = error.Chain.Length == 0 ? "" : $" in chain {error.Chain}";
        var seq = error.HasSeq ? $" at {error.Seq}" : "";
        var author = error.Author.Length == 0 ? "" : $" by {error.Author}";
        return chain + seq + author;
    }
}
