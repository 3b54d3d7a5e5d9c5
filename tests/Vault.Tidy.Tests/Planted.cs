using System.Security.Cryptography;

namespace Vault.Tidy.Tests;

/// <summary>Never called: what a careless relay would look like, for the check of compiled references to find.</summary>
internal static class Planted
{
    public static object Encrypt() => new AesGcm(new byte[32], 16);

    public static object Sign() => ECDsa.Create();
}
