using Google.Protobuf;
using Vault.Core.Ids;

namespace Vault.Core.Chains;

/// <summary>The fields that never move between format versions, with the author as far as the header names one.</summary>
internal readonly record struct EntryHeader(uint Version, ByteString Chain, ulong Seq, ByteString Prev, AccountId? Author);
