using Vault.Client.Accounts;

namespace Vault.Client;

/// <summary>
/// One device of one account: the front door. Call it from one SynchronizationContext only (in production a
/// <see cref="ClientPump"/>); it has no locks. Every refusal is a <see cref="VaultException"/>.
/// </summary>
public sealed class VaultClient : IAsyncDisposable
{
    /// <summary>A client of the home that the options name. Opens nothing yet.</summary>
    public VaultClient(ClientOptions options, ClientSeams seams)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(seams);
        Options = options;
        Seams = seams;
        Accounts = new VaultAccounts();
        Groups = new VaultGroups();
        Items = new VaultItems();
        Sync = new VaultSync();
    }

    public ClientOptions Options { get; }

    internal ClientSeams Seams { get; }

    /// <summary>What this home holds.</summary>
    public ClientState State => throw new NotImplementedException();

    /// <summary>Register, log in, unlock, lock, who am I.</summary>
    public VaultAccounts Accounts { get; }

    /// <summary>Groups, members, invites.</summary>
    public VaultGroups Groups { get; }

    /// <summary>Items.</summary>
    public VaultItems Items { get; }

    /// <summary>The loop, and how current each group is.</summary>
    public VaultSync Sync { get; }

    /// <summary>Opens the replica and verifies what is on disk. No network.</summary>
    public void Open() => throw new NotImplementedException();

    /// <summary>Stops the loop, wipes keys, closes the replica.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
