using Vault.Protocol.V1;
using Vault.Simulation.Time;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// Every edit that a device accepted, by the unique value it wrote. "Nothing is lost" means: at the end each value is a
/// live value, an earlier value in history, or in a conflict copy.
/// </summary>
public sealed class EditLedger
{
    private readonly SortedSet<string> _accepted = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>How many edits were accepted.</summary>
    public int Count => _accepted.Count;

    /// <summary>A value that no other edit writes.</summary>
    public string NextValue(string device) => $"{device}-{_next++}";

    /// <summary>The device has accepted the edit: from here on it may not be lost.</summary>
    public void Accept(string value) => _accepted.Add(value);

    /// <summary>Throws unless every accepted value can be found among the items.</summary>
    public void RequireAllIn(IEnumerable<Item> items)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            found.Add(item.Title);
            found.UnionWith(item.Fields.Select(field => field.Value));
            found.UnionWith(item.History.Select(entry => entry.Value));
        }

        var lost = _accepted.Except(found).ToArray();
        if (lost.Length > 0)
        {
            throw new SimulationFailedException($"No lost edit: {lost.Length} of {_accepted.Count} accepted edits are gone: {string.Join(", ", lost)}");
        }
    }
}
