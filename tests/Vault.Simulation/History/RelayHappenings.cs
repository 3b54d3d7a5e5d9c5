using System.Text.Json.Serialization;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Simulation.History;

/// <summary>A COMMIT of the relay's database made this commit durable: seen there, not at any client.</summary>
public sealed record CommitAccepted(GroupId Group, ulong Seq, EntryId Id, byte[] Bytes) : Happening
{
    private GroupBody? _body;

    /// <summary>What it says.</summary>
    [JsonIgnore]
    public GroupBody Body => _body ??= GroupBody.Parser.ParseFrom(Bytes);
}

/// <summary>The relay's database was replaced by an older copy of it or an empty one, which holds these heads and nothing later.</summary>
public sealed record RelayRestored(IReadOnlyDictionary<string, ulong> Heads) : Happening;

/// <summary>What the relay's machine can do from now on.</summary>
/// <param name="IsUp">Its process answers.</param>
/// <param name="IsTailFree">Its tail reads what changed.</param>
/// <param name="TakesWrites">Its store takes writes.</param>
/// <param name="IsWindowOpen">It takes back what it lost, and only that.</param>
public sealed record RelayHealth(bool IsUp, bool IsTailFree, bool TakesWrites, bool IsWindowOpen) : Happening;

/// <summary>The relay's answer to a push, which says that this commit stands, leaves the relay.</summary>
public sealed record Acknowledged(string Device, GroupId Group, ulong Seq, EntryId Id) : Happening;

/// <summary>The relay's answer to a poll leaves the relay.</summary>
/// <param name="ArrivedAt">When the question reached it, as <see cref="Happening.At"/>.</param>
/// <param name="Heads">The position of each group that it names.</param>
public sealed record PollAnswered(string Device, long ArrivedAt, IReadOnlyDictionary<string, ulong> Heads) : Happening;

/// <summary>A watch call reached the relay.</summary>
/// <param name="From">Where each named group is read from: "seq/id", or empty for before the genesis.</param>
public sealed record StreamOpened(int Stream, string Device, IReadOnlyDictionary<string, string> From) : Happening;

/// <summary>The relay hands one hint to the transport.</summary>
/// <param name="Group">Null: not about a group's head.</param>
/// <param name="Number">The position, or a beat's counter.</param>
/// <param name="Waited">The reader was slow: the hint was written some time ago.</param>
public sealed record StreamHint(
    int Stream, HintKind Kind, GroupId? Group, ulong Number, EntryId? Id, int Bytes, bool Waited) : Happening;

/// <summary>What a hint is.</summary>
public enum HintKind
{
    /// <summary>Nothing that this program knows.</summary>
    Unknown,

    /// <summary>The first message.</summary>
    Hello,

    /// <summary>A commit inline.</summary>
    Commit,

    /// <summary>A head moved.</summary>
    HeadMoved,

    /// <summary>The canary.</summary>
    Beat,

    /// <summary>Attestation, own account's head, waiting join.</summary>
    Other,
}

/// <summary>A watch call is over, as the relay knows it.</summary>
public sealed record StreamEnded(int Stream) : Happening;

/// <summary>What a search for known plaintexts in every row of the relay found.</summary>
public sealed record RelayRows(int Rows, IReadOnlyList<string> Found) : Happening;

/// <summary>The relay's count of misses, over all its starts.</summary>
public sealed record MissesCounted(long ByRelay, long ByClients) : Happening;
