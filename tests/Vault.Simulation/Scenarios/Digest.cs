using System.Security.Cryptography;
using Google.Protobuf;
using Vault.Client.Items;

namespace Vault.Simulation.Scenarios;

/// <summary>A digest of decrypted items: equal on two devices that show the same.</summary>
internal static class Digest
{
    public static string Of(IReadOnlyList<ItemView> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var item in items.OrderBy(item => item.Id))
        {
            hash.AppendData(item.Id.ToArray());
            hash.AppendData(item.Item.ToByteArray());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
