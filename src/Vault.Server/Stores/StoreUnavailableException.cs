namespace Vault.Server.Stores;

/// <summary>
/// The store cannot read or write now: a full disk, a locked or broken file, too many writes waiting. Nothing was
/// acknowledged; whether a write stands after all, only reading tells, so callers send the same bytes again.
/// </summary>
public sealed class StoreUnavailableException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Whether somebody else uses it: to wait may help.</summary>
    public bool IsTaken { get; init; }
}
