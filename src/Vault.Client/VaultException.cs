using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client;

/// <summary>
/// Something the caller asked for was refused or cannot be done now. <see cref="Fault"/> says what, by stable number and with
/// chain, position and author where there are any; <see cref="Exception.Message"/> says it for people, with what to do next.
/// </summary>
public sealed class VaultException : Exception
{
    /// <summary>A refusal with the standard advice for its fault.</summary>
    public VaultException(Fault fault)
        : this(fault, FaultAdvice.Of(fault))
    {
    }

    /// <summary>A refusal with a message for this occasion.</summary>
    public VaultException(Fault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public Fault Fault { get; }

    /// <summary>Its stable number.</summary>
    public FaultCode Code => Fault.Code;

    /// <summary>The relay could not be reached, or did not answer in time: nothing is known to have happened.</summary>
    public bool IsOffline { get; init; }

    /// <summary>What was asked for is signed and kept nevertheless: it goes out by itself when the relay answers.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Why this client refuses, when no fault of a peer is involved.</summary>
    public ClientRefusal Refusal { get; init; }

    /// <summary>
    /// This device's own rules judged what it was about to sign. Never set for what a relay says, whatever number it says it with
    /// (attack: a relay that parks edits by refusing them with a rule's number).
    /// </summary>
    internal bool IsOwnVerdict { get; init; }

    /// <summary>What this device's own rules say about something it was about to sign.</summary>
    internal static VaultException OwnVerdict(Fault fault) => new(fault) { IsOwnVerdict = true };

    internal static VaultException Offline(string what, Exception? inner = null) =>
        new(new Fault(FaultCode.Unspecified, what), $"The relay cannot be reached ({what}).", inner)
        {
            IsOffline = true,
        };

    /// <summary>The same, with what became of the thing that was asked for.</summary>
    internal VaultException Told(string outcome, bool isSigned) =>
        new(Fault, $"{Message} {outcome}", this) { IsOffline = IsOffline, IsSigned = isSigned };

    internal static VaultException Refuse(ClientRefusal refusal, string message) =>
        new(new Fault(FaultCode.Unspecified), message) { Refusal = refusal };
}

/// <summary>Refusals that are about the caller's request and this home, not about a peer's bytes.</summary>
public enum ClientRefusal
{
    /// <summary>The fault tells all.</summary>
    None,

    /// <summary>This home holds no account: register or log in.</summary>
    NoAccount,

    /// <summary>This home holds an account already.</summary>
    HasAccount,

    /// <summary>The keys are locked: unlock first.</summary>
    Locked,

    /// <summary>No such group, item, member or invite here.</summary>
    NotFound,

    /// <summary>Several fit; the message lists them with ids.</summary>
    Ambiguous,

    /// <summary>The own role does not allow it.</summary>
    Forbidden,

    /// <summary>An argument cannot be used; the message says why.</summary>
    BadArgument,

    /// <summary>The item is over its size limit.</summary>
    TooLarge,

    /// <summary>The replica on this disk cannot be read or written: disk full, damaged, without permission.</summary>
    Storage,

    /// <summary>Another process holds the replica. It may be free again at any time, as it was.</summary>
    InUse,

    /// <summary>The person did not confirm.</summary>
    NotConfirmed,

    /// <summary>A newer version of Vault wrote the replica on this disk. Nothing in it was changed.</summary>
    NewerHome,

    /// <summary>A signed commit of this device holds it, and whether that stands is not known yet.</summary>
    InFlight,
}
