using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;

namespace Vault.Ipc;

/// <summary>Secrets in protobuf messages: without a copy on the way in, and wiped after use.</summary>
public static class SecretBytes
{
    /// <summary>The field over the caller's own array, so that wiping the one wipes the other.</summary>
    public static ByteString Wrap(byte[] secret) => UnsafeByteOperations.UnsafeWrap(secret);

    /// <summary>Overwrites what the field holds. Nothing may read it afterwards.</summary>
    public static void Wipe(ByteString secret)
    {
        // Nobody else holds the array: the parser makes one for each field. The empty one is shared.
        if (!secret.IsEmpty && MemoryMarshal.TryGetArray(secret.Memory, out var array))
        {
            CryptographicOperations.ZeroMemory(array);
        }
    }
}
