using Vault.Core.Ids;

namespace Vault.Simulation.Validators.Streams;

/// <summary>Where a stream reads a group from, as the history writes it: "seq/id".</summary>
internal static class StreamStart
{
    public static ulong Seq(string from) => ulong.Parse(from.AsSpan(0, from.IndexOf('/', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);

    public static EntryId Id(string from) => EntryId.Parse(Convert.FromHexString(from.AsSpan(from.IndexOf('/', StringComparison.Ordinal) + 1)));
}
