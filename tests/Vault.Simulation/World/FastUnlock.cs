using System.Security.Cryptography;
using Vault.Client;
using Vault.Crypto.Passwords;

namespace Vault.Simulation.World;

/// <summary>The password hash without its cost: a simulated life of a year cannot pay 128 MiB at each unlock.</summary>
internal sealed class FastUnlock : IPasswordUnlock
{
    public UnlockKey Derive(ReadOnlySpan<byte> passwordUtf8, SecretKey secretKey) =>
        UnlockKey.FromBytes(UnlockMethod.Password, SHA256.HashData([.. passwordUtf8, .. secretKey.Bytes]));
}
