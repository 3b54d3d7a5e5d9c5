using System.Text.Json;
using System.Text.Json.Serialization;
using Vault.Core.Groups;

namespace Vault.Core.Tests.Vectors;

/// <summary>The bytes of one evidence file, and what every implementation must say of them: what they show, or why they show nothing.</summary>
internal sealed record EvidenceVector(string Name, int Fault, string Sin, string File, EvidenceExpectation Expect)
{
    public const string Kind = "evidence";

    private static readonly JsonSerializerOptions s_file = Options(indented: true);
    private static readonly JsonSerializerOptions s_line = Options(indented: false);

    /// <summary>Its place under tests/vectors.</summary>
    [JsonIgnore]
    public string Path => $"{Kind}/{Name}.json";

    [JsonIgnore]
    public bool IsLegal => Expect.Fault is null;

    public string ToJson() => JsonSerializer.Serialize(this, s_file) + "\n";

    public string ToJsonLine() => JsonSerializer.Serialize(this, s_line);

    public static EvidenceVector Parse(string json) => JsonSerializer.Deserialize<EvidenceVector>(json, s_file)!;

    public EvidenceExpectation Judged() => EvidenceExpectation.Of(ForkProof.Verify(Convert.FromHexString(File)));

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = indented,
        NewLine = "\n",
    };
}

/// <summary>What a file shows, ids in hex; or a fault.</summary>
internal sealed record EvidenceExpectation(string? Group, ulong? Predecessor, string? Ours, string? Theirs, int? Fault)
{
    public static EvidenceExpectation Refused(int fault) => new(null, null, null, null, fault);

    public static EvidenceExpectation Of(Verdict<ForkProof> verdict) => verdict.IsValid
        ? new(
            Hex(verdict.Value.Group.ToArray()), verdict.Value.Predecessor.Seq,
            Hex(verdict.Value.Ours.Head.Id.ToArray()), Hex(verdict.Value.Theirs.Head.Id.ToArray()), null)
        : Refused((int)verdict.Fault.Code);

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
