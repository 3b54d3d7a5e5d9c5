namespace Vault.Client.Replicas;

/// <summary>
/// The few small files beside the replica: Secret Key, sync key, wrapped device key. A write is all or nothing and survives
/// power loss once it returns.
/// </summary>
public interface IHomeFiles
{
    /// <summary>The file's bytes, or null when there is none.</summary>
    byte[]? Read(string name);

    /// <summary>Writes or replaces a file, readable by its owner only.</summary>
    void Write(string name, ReadOnlySpan<byte> content);

    /// <summary>Removes a file if it is there.</summary>
    void Delete(string name);
}

/// <summary>Told of every COMMIT of the replica. A simulation throws here to crash.</summary>
public interface ICommitProbe
{
    /// <summary>Before a COMMIT: a crash here must leave nothing of the transaction.</summary>
    void BeforeCommit(string transaction);

    /// <summary>After a COMMIT: a crash here must leave all of it.</summary>
    void AfterCommit(string transaction);
}
