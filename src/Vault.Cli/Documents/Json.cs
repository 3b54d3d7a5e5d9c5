using System.Text.Json.Serialization;

namespace Vault.Cli.Documents;

/// <summary>Every document that a command may answer with. Generated, so that it needs no reflection. The output is ASCII: a hostile title
/// cannot turn the text around on a terminal.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(ExitCodesDocument))]
[JsonSerializable(typeof(SelectorsDocument))]
[JsonSerializable(typeof(AgentDocument))]
[JsonSerializable(typeof(LockDocument))]
[JsonSerializable(typeof(AccountDocument))]
[JsonSerializable(typeof(LoginDocument))]
[JsonSerializable(typeof(RegisterDocument))]
[JsonSerializable(typeof(ItemWriteDocument))]
[JsonSerializable(typeof(FieldDocument))]
[JsonSerializable(typeof(ItemDocument))]
[JsonSerializable(typeof(ItemListDocument))]
[JsonSerializable(typeof(GroupDocument))]
[JsonSerializable(typeof(GroupListDocument))]
[JsonSerializable(typeof(GroupLeaveDocument))]
[JsonSerializable(typeof(GroupLogDocument))]
[JsonSerializable(typeof(GroupCodeDocument))]
[JsonSerializable(typeof(InviteDocument))]
[JsonSerializable(typeof(InviteListDocument))]
[JsonSerializable(typeof(JoinDocument))]
[JsonSerializable(typeof(MemberListDocument))]
[JsonSerializable(typeof(MemberRoleDocument))]
[JsonSerializable(typeof(MemberRemoveDocument))]
[JsonSerializable(typeof(OutboxListDocument))]
[JsonSerializable(typeof(OutboxRetryDocument))]
[JsonSerializable(typeof(OutboxDiscardDocument))]
[JsonSerializable(typeof(ConflictListDocument))]
[JsonSerializable(typeof(ConflictDocument))]
[JsonSerializable(typeof(ConflictResolveDocument))]
[JsonSerializable(typeof(AdoptRelayDocument))]
[JsonSerializable(typeof(AdoptMineDocument))]
[JsonSerializable(typeof(EvidenceDocument))]
[JsonSerializable(typeof(RemovalListDocument))]
[JsonSerializable(typeof(RemovalDocument))]
[JsonSerializable(typeof(SyncDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class Json : JsonSerializerContext;
