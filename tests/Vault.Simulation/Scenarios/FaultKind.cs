namespace Vault.Simulation.Scenarios;

/// <summary>What can go wrong. Each seed switches kinds on and off: some bugs hide while everything fails at once.</summary>
public enum FaultKind
{
    /// <summary>Messages are lost.</summary>
    Loss,

    /// <summary>Messages take up to seconds, and unary ones overtake each other.</summary>
    Delay,

    /// <summary>Requests reach the relay twice.</summary>
    Duplicates,

    /// <summary>Hints come twice and out of order.</summary>
    HintDisorder,

    /// <summary>Connections break.</summary>
    Cut,

    /// <summary>Nothing arrives, and nobody is told.</summary>
    HalfOpen,

    /// <summary>Every message of a stream is swallowed.</summary>
    DeadStream,

    /// <summary>Hints of changes are swallowed while beats flow.</summary>
    DroppedNotifications,

    /// <summary>A client reads its stream slowly.</summary>
    SlowReader,

    /// <summary>A machine sleeps.</summary>
    Sleep,

    /// <summary>A client's process ends between two steps of it.</summary>
    DeviceCrash,

    /// <summary>A client's process ends before or after a COMMIT.</summary>
    DeviceCommitCrash,

    /// <summary>A client's process ends right after it accepted an edit.</summary>
    CrashAfterEdit,

    /// <summary>The relay's process ends between two steps of it.</summary>
    RelayCrash,

    /// <summary>The relay's process ends before or after a COMMIT.</summary>
    RelayCommitCrash,

    /// <summary>The relay's tail hangs.</summary>
    FrozenTail,

    /// <summary>The relay's store answers late, after its COMMIT.</summary>
    LateStore,

    /// <summary>The relay's store takes no writes.</summary>
    StoreOutage,

    /// <summary>The relay does not give content.</summary>
    HeldBlobs,

    /// <summary>Wall clocks jump.</summary>
    ClockJump,

    /// <summary>A device's change tokens mean nothing any more.</summary>
    SpoiledTokens,

    /// <summary>The relay's database is replaced by an older copy.</summary>
    Restore,

    /// <summary>The relay's database is gone, and it starts on an empty one.</summary>
    Wipe,

    /// <summary>Superseded blobs are collected early.</summary>
    Collection,

    /// <summary>Clients are locked and unlocked.</summary>
    Lock,
}
