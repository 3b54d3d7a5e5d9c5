using System.Text.Json.Serialization;

namespace Vault.Simulation.History;

/// <summary>
/// Something that happened in a run, as a validator needs to know it and no more. A history is a list of these: it can be
/// judged while it grows, written to a file, and judged again from there.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "what")]
[JsonDerivedType(typeof(CommitAccepted), "accepted")]
[JsonDerivedType(typeof(RelayRestored), "restored")]
[JsonDerivedType(typeof(RelayHealth), "relay")]
[JsonDerivedType(typeof(Acknowledged), "acknowledged")]
[JsonDerivedType(typeof(PollAnswered), "poll answered")]
[JsonDerivedType(typeof(StreamOpened), "stream opened")]
[JsonDerivedType(typeof(StreamHint), "hint")]
[JsonDerivedType(typeof(StreamEnded), "stream ended")]
[JsonDerivedType(typeof(DeviceHealth), "device")]
[JsonDerivedType(typeof(Shown), "shown")]
[JsonDerivedType(typeof(PinsShown), "pins")]
[JsonDerivedType(typeof(Edited), "edited")]
[JsonDerivedType(typeof(Vanished), "vanished")]
[JsonDerivedType(typeof(Healed), "healed")]
[JsonDerivedType(typeof(Settled), "settled")]
[JsonDerivedType(typeof(FinalState), "final state")]
[JsonDerivedType(typeof(FinalOutbox), "final outbox")]
[JsonDerivedType(typeof(RelayRows), "relay rows")]
[JsonDerivedType(typeof(FormerKeys), "former keys")]
[JsonDerivedType(typeof(MissesCounted), "misses counted")]
public abstract record Happening
{
    /// <summary>Ticks of 100 ns since the world began.</summary>
    public long At { get; set; }
}
