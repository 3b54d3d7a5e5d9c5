using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>One chain and what every implementation must say of it: the state it makes, or the first fault and its place.</summary>
internal sealed record Vector(string Name, int Rule, string Sin, string Chain, IReadOnlyList<VectorEntry> Entries, Expectation Expect)
{
    private static readonly JsonSerializerOptions s_file = Options(indented: true);
    private static readonly JsonSerializerOptions s_line = Options(indented: false);

    /// <summary>The file's place under tests/vectors.</summary>
    [JsonIgnore]
    public string File => $"{Chain}/{Name}.json";

    [JsonIgnore]
    public bool IsLegal => Expect.State is not null;

    /// <summary>As the wire brings it: new objects at each call, so nothing is shared between two verifications.</summary>
    public IReadOnlyList<SignedEntry> Read() => [.. Entries.Select(entry => entry.Read())];

    public string ToJson() => JsonSerializer.Serialize(this, s_file) + "\n";

    public string ToJsonLine() => JsonSerializer.Serialize(this, s_line);

    public static Vector Parse(string json) => JsonSerializer.Deserialize<Vector>(json, s_file)!;

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = indented,
        NewLine = "\n",
    };
}

/// <summary>An entry in hex.</summary>
internal sealed record VectorEntry(string Body, IReadOnlyList<string> Signatures)
{
    public static VectorEntry Of(SignedEntry entry) =>
        new(Hex(entry.Body), [.. entry.Signatures.Select(Hex)]);

    public SignedEntry Read()
    {
        var entry = new SignedEntry { Body = ByteString.CopyFrom(Convert.FromHexString(Body)) };
        entry.Signatures.Add(Signatures.Select(signature => ByteString.CopyFrom(Convert.FromHexString(signature))));
        return entry;
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}

/// <summary>Either a state hash, or a fault, the index of the entry that has it, and the fault inside it.</summary>
internal sealed record Expectation(string? State, int? Fault, int? At, int? Inner)
{
    public static Expectation Legal(string state) => new(state, null, null, null);

    public static Expectation Refused(int fault, int at, int? inner) => new(null, fault, at, inner);

    public static Expectation Of(Fault fault, int at) => Refused((int)fault.Code, at, (int?)fault.Inner?.Code);

    public override string ToString() => State ?? $"{Fault} at {At}, inner {Inner}";
}

/// <summary>The two chains behind one face: verify, and extend step by step.</summary>
internal static class AnyChain
{
    public const string Account = "account";
    public const string Group = "group";

    /// <summary>The whole chain at once, as a new client reads it.</summary>
    public static Expectation Cold(string chain, IReadOnlyList<SignedEntry> entries)
    {
        if (chain == Account)
        {
            var account = AccountRules.Verify(entries);
            return account.IsValid ? Expectation.Legal(account.Value.StateHash().ToString()) : Expectation.Of(account.Fault, Last(entries));
        }

        var group = GroupRules.Verify(entries);
        return group.IsValid ? Expectation.Legal(group.Value.StateHash().ToString()) : Expectation.Of(group.Fault, Last(entries));
    }

    /// <summary>Entry by entry from a state that a prefix made; <paramref name="restart"/> says before which entries the state is made anew from bytes.</summary>
    public static Expectation Stepwise(string chain, Func<IReadOnlyList<SignedEntry>> read, Func<int, bool> restart)
    {
        var entries = read();
        if (entries.Count == 0)
        {
            return Cold(chain, entries);
        }

        return chain == Account ? StepAccount(entries, read, restart) : StepGroup(entries, read, restart);
    }

    private static Expectation StepAccount(IReadOnlyList<SignedEntry> entries, Func<IReadOnlyList<SignedEntry>> read, Func<int, bool> restart)
    {
        var step = AccountRules.Found(entries[0]);
        for (var at = 1; at < entries.Count && step.IsValid; at++)
        {
            var before = restart(at) ? AccountRules.Verify([.. read().Take(at)]).Value : step.Value;
            Assert.Equal(step.Value.StateHash(), before.StateHash());
            step = AccountRules.Extend(before, entries[at]);
            if (!step.IsValid)
            {
                return Expectation.Of(step.Fault, at);
            }
        }

        return step.IsValid ? Expectation.Legal(step.Value.StateHash().ToString()) : Expectation.Of(step.Fault, 0);
    }

    private static Expectation StepGroup(IReadOnlyList<SignedEntry> entries, Func<IReadOnlyList<SignedEntry>> read, Func<int, bool> restart)
    {
        var step = GroupRules.Found(entries[0]);
        for (var at = 1; at < entries.Count && step.IsValid; at++)
        {
            var before = restart(at) ? GroupRules.Verify([.. read().Take(at)]).Value : step.Value.After;
            Assert.Equal(step.Value.After.StateHash(), before.StateHash());
            step = GroupRules.Extend(before, entries[at]);
            if (!step.IsValid)
            {
                return Expectation.Of(step.Fault, at);
            }
        }

        return step.IsValid ? Expectation.Legal(step.Value.After.StateHash().ToString()) : Expectation.Of(step.Fault, 0);
    }

    // What is refused is always the last entry here; that everything before it is legal is a test of its own.
    private static int Last(IReadOnlyList<SignedEntry> entries) => Math.Max(0, entries.Count - 1);
}
