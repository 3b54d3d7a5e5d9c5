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
    /// <summary>
    /// A longer token is nobody's: kept, it would have to be sent back, and an honest relay would refuse the message before it read
    /// it (attack: one answer that stops a group after the relay turned honest).
    /// </summary>
    public const int TokenBytesMax = 1 << 10;

    /// <summary>The genesis.</summary>
    public static ReadPoint Start { get; } = new(ByteString.Empty, 0);
}
