using Microsoft.Data.Sqlite;
using Vault.Client.Replicas;
using Vault.Client.Transport;
using Vault.Core.Seams;
using Vault.Crypto;
using Vault.Crypto.Passwords;

namespace Vault.Client;

/// <summary>
/// The world as one client sees it: time, chance, network, disk and the slow password hash. Production takes
/// <see cref="Production"/>; a simulation replaces each. Everything runs on the SynchronizationContext that calls the client.
/// </summary>
public sealed record ClientSeams
{
    /// <summary>Timers, and the wall clock for display.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The clock that freshness is measured on.</summary>
    public required IBootClock BootClock { get; init; }

    /// <summary>All randomness: keys, nonces, ids, jitter.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>Opens a connection to a relay; one each for calls, for the poll and for the stream.</summary>
    public required Func<RelayAddress, ConnectionUse, RelayConnection> Connect { get; init; }

    /// <summary>Opens the replica's one database connection, given the path it has in production.</summary>
    public required Func<string, SqliteConnection> OpenReplica { get; init; }

    /// <summary>The small files beside the replica.</summary>
    public required Func<string, IHomeFiles> OpenHome { get; init; }

    /// <summary>Told before and after each COMMIT of the replica; a simulation crashes there.</summary>
    public ICommitProbe? CommitProbe { get; init; }

    /// <summary>The password hash.</summary>
    public required IPasswordUnlock PasswordUnlock { get; init; }

    /// <summary>The real world.</summary>
    public static ClientSeams Production() => new()
    {
        Time = TimeProvider.System,
        BootClock = new SystemBootClock(),
        Random = new SystemRandomSource(),
        Connect = GrpcConnections.Open,
        OpenReplica = ReplicaFiles.Open,
        OpenHome = directory => new HomeFiles(directory),
        PasswordUnlock = new Argon2idUnlock(),
    };
}

/// <summary>From password and Secret Key to the unlock key. Real processes pay for Argon2id; simulations do not.</summary>
public interface IPasswordUnlock
{
    /// <summary>The unlock key of a password, UTF-8 as typed, and a Secret Key.</summary>
    /// <exception cref="ArgumentException">The password is empty, too long or no UTF-8.</exception>
    UnlockKey Derive(ReadOnlySpan<byte> passwordUtf8, SecretKey secretKey);
}

/// <summary>The format's own: Argon2id, 128 MiB, three passes.</summary>
public sealed class Argon2idUnlock : IPasswordUnlock
{
    /// <inheritdoc/>
    public UnlockKey Derive(ReadOnlySpan<byte> passwordUtf8, SecretKey secretKey) => Crypto.Passwords.PasswordUnlock.Derive(passwordUtf8, secretKey);
}
