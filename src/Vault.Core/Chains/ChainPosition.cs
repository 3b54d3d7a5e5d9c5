using Vault.Core.Ids;

namespace Vault.Core.Chains;

/// <summary>The chain and head that an entry must extend. Null stands for "nothing yet": only a genesis fits.</summary>
internal readonly record struct ChainPosition(Hash32 Chain, ChainHead Head);
