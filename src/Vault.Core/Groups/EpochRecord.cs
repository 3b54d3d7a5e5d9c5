using Google.Protobuf;
using Vault.Core.Ids;

namespace Vault.Core.Groups;

/// <summary>A group key that was started: its number, the 32-byte commitment to check it against, and who started it where.</summary>
public sealed record EpochRecord(ulong Number, ByteString Commitment, AccountId Author, ulong Seq);
