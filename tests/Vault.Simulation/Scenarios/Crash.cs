using Vault.Client;
using Vault.Server.Stores;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>What a staged crash looks like from inside the dying process.</summary>
internal static class Crash
{
    /// <summary>Whether the exception is a crash, as it is or as client and relay tell it.</summary>
    public static bool Explains(Exception e) =>
        e is CrashException or StoreUnavailableException or ObjectDisposedException
        || (e is VaultException refused && refused.Refusal == ClientRefusal.Storage);
}
