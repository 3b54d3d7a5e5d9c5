namespace Vault.Client.Sync;

/// <summary>How current one group's replica is; the first that applies is the state (design.md, section 5).</summary>
public enum FreshnessState
{
    /// <summary>The relay's chain leaves the verified head. Sticky, with evidence; nothing is sent.</summary>
    Forked,

    /// <summary>A newer format was met: update.</summary>
    UpdateNeeded,

    /// <summary>The relay does not name a group that this account knows.</summary>
    Withheld,

    /// <summary>The relay's head is an ancestor of the verified one.</summary>
    RelayBehind,

    /// <summary>The last request did not get an answer.</summary>
    Offline,

    /// <summary>No proof, or the newest one is older than the bound.</summary>
    Stale,

    /// <summary>More is known to exist than is here.</summary>
    CatchingUp,

    /// <summary>Fresh, while notifications fail.</summary>
    Polling,

    /// <summary>Fresh, and the stream's beat arrives.</summary>
    Live,

    /// <summary>The account is not a member any more. Nothing more comes or goes; there is nothing to be fresh about.</summary>
    Ended,
}
