using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using WireFault = Vault.Protocol.V1.FaultInfo;

namespace Vault.Core;

/// <summary>
/// What is wrong with a peer's bytes: a stable number, where, and by whom. Returned, never thrown by the rules;
/// protos/README.md says what each means and what to do.
/// </summary>
public sealed record Fault(FaultCode Code, string Detail = "")
{
    /// <summary>The chain concerned, account or group. Null: none.</summary>
    public Hash32? Chain { get; init; }

    /// <summary>The position concerned. Null: none.</summary>
    public ulong? Seq { get; init; }

    /// <summary>The account named as author; whether it truly is, only a valid signature tells. Null: none.</summary>
    public AccountId? Author { get; init; }

    /// <summary>The fault of an account chain inside a commit. Null: none.</summary>
    public Fault? Inner { get; init; }

    /// <summary>How long to wait before another try. Null: no advice.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>This fault, at a place in a chain.</summary>
    public Fault At(Hash32? chain, ulong seq, AccountId? author) => this with { Chain = chain, Seq = seq, Author = author };

    /// <summary>As it travels in the trailer <c>vault-fault-bin</c>.</summary>
    public WireFault ToWire() => new()
    {
        Code = Code,
        Chain = Chain?.ToByteString() ?? ByteString.Empty,
        Seq = Seq ?? 0,
        Author = Author?.ToByteString() ?? ByteString.Empty,
        Detail = Detail,
        Inner = Inner?.ToWire(),
        RetryAfterMs = (uint)Math.Clamp(RetryAfter?.TotalMilliseconds ?? 0, 0, uint.MaxValue),
    };

    /// <summary>The fault in a trailer. Unknown numbers are kept: a newer relay may know more.</summary>
    public static Fault FromWire(WireFault wire) => new(wire.Code, IsDetail(wire.Detail) ? wire.Detail : "")
    {
        Chain = Hash32.TryParse(wire.Chain.Span, out var chain) ? chain : null,
        Seq = wire.Chain.IsEmpty ? null : wire.Seq,
        Author = AccountId.TryParse(wire.Author, out var author) ? author : null,
        Inner = wire.Inner is { Inner: null } inner ? FromWire(inner) : null,
        RetryAfter = wire.RetryAfterMs == 0 ? null : TimeSpan.FromMilliseconds(wire.RetryAfterMs),
    };

    // A relay's words reach terminals and logs: no escapes, no second line (attack: names with ANSI, newlines, "VERIFIED").
    private static bool IsDetail(string text) => text.Length <= Limits.FaultDetailBytes && text.All(c => c is >= ' ' and <= '~');

    /// <summary>One line for people and logs: name and number, place, author. Ids are hashes, so it holds no user data.</summary>
    public override string ToString()
    {
        var text = $"{FaultNames.Of(Code)} ({(int)Code})";
        if (Chain is { } chain)
        {
            text += $" in chain {chain.ToString()[..16]}";
        }

        if (Seq is { } seq)
        {
            text += $" at {seq}";
        }

        if (Author is { } author)
        {
            text += $" by {author.ToString()[..16]}";
        }

        if (Detail.Length > 0)
        {
            text += $": {Detail}";
        }

        return Inner is null ? text : $"{text} [{Inner}]";
    }
}
