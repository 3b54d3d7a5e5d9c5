using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>One person on the roster: what they may do, and their account as this group has anchored it.</summary>
public sealed record Member(AccountId Account, Role Role, VerifiedAccount Anchor);
