using System.Text.Json.Serialization;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>svault.sync.watch/v1: one a line. The event says which of the other members are there.</summary>
internal sealed record WatchDocument(
    string Schema,
    string Event,
    GroupPart[]? Groups,
    string? GroupId,
    string? Group,
    LogPart? Commit,
    string? Before,
    FreshnessPart? Freshness,
    ulong? FromSeq,
    ulong? ToSeq)
{
    private const string Name = "svault.sync.watch/v1";

    /// <summary>Null: an event that this version does not know.</summary>
    public static WatchDocument? Of(WatchChangesResponse change) => change.EventCase switch
    {
        WatchChangesResponse.EventOneofCase.Standing => Empty("standing") with { Groups = [.. change.Standing.Groups.Select(GroupPart.Of)] },
        WatchChangesResponse.EventOneofCase.Commit => Of("commit", change.Commit.GroupId, change.Commit.Group) with { Commit = LogPart.Of(change.Commit.Entry) },
        WatchChangesResponse.EventOneofCase.State => Of("state", change.State.GroupId, change.State.Group) with
        {
            Before = change.State.Before == GroupState.Unspecified ? null : Names.Of(change.State.Before).Replace(' ', '-'),
            Freshness = FreshnessPart.Of(change.State.Freshness),
        },
        WatchChangesResponse.EventOneofCase.Skipped => Of("skipped", change.Skipped.GroupId, change.Skipped.Group) with
        {
            FromSeq = change.Skipped.FromSeq,
            ToSeq = change.Skipped.ToSeq,
        },
        _ => null,
    };

    private static WatchDocument Empty(string name) => new(Name, name, null, null, null, null, null, null, null, null);

    private static WatchDocument Of(string name, string id, string group) => Empty(name) with { GroupId = id, Group = Text.OrNull(group) };
}

/// <summary>Documents of a stream: each is one line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = false)]
[JsonSerializable(typeof(WatchDocument))]
internal sealed partial class JsonLines : JsonSerializerContext;
