using Vault.Protocol.V1;

namespace Vault.Simulation.Scenarios;

/// <summary>Every value that a person could find in an item.</summary>
internal static class Values
{
    public static IEnumerable<string> Of(Item? item) => item is null
        ? []
        : item.Fields.Select(field => field.Value).Concat(item.History.Select(entry => entry.Value)).Append(item.Title);
}
