using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Chains;

/// <summary>Checks of fields that need no state.</summary>
internal static class Shape
{
    public static bool Is32(ByteString bytes) => bytes.Length == Hash32.Size;

    public static bool IsEmptyOr32(ByteString bytes) => bytes.IsEmpty || Is32(bytes);

    public static Fault Bad(string field) => new(FaultCode.BadField, field);

    /// <summary>Strictly ascending as bytes: sorted, so that there is one encoding, and free of duplicates.</summary>
    public static Fault? CheckAscending<T>(IReadOnlyList<T> list, Func<T, ByteString> key, string field)
    {
        for (var i = 1; i < list.Count; i++)
        {
            if (key(list[i - 1]).Span.SequenceCompareTo(key(list[i]).Span) >= 0)
            {
                return new Fault(FaultCode.NotAscending, field);
            }
        }

        return null;
    }
}
