using Google.Protobuf;

namespace Vault.Client.Replicas;

/// <summary>Where to read on in a group: the relay's opaque token, and how many commits stand before it.</summary>
/// <param name="Token">Empty: from the genesis.</param>
/// <param name="Position">
/// Below the number of verified commits where a crash, or a reading anew, left the token behind them: what it brings is then
/// compared with what is here.
/// </param>
internal readonly record struct ReadPoint(ByteString Token, int Position)
{
    /// <summary>The genesis.</summary>
    public static ReadPoint Start { get; } = new(ByteString.Empty, 0);
}
