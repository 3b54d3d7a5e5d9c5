using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Groups;

/// <summary>
/// Makes a new group key for exactly the people who will be members after the commit: sealed to each at the anchor that the
/// commit leaves them with, older keys wrapped beneath it.
/// </summary>
public static class EpochStart
{
    /// <summary>The epoch message, and its key, which the caller keeps or wipes.</summary>
    /// <param name="group">The group.</param>
    /// <param name="number">Above the highest epoch seen, on any branch.</param>
    /// <param name="author">The account that signs the commit.</param>
    /// <param name="roster">Members after the commit, each at its anchor after the commit. 1 to 500.</param>
    /// <param name="known">Older keys: as few are wrapped as lead to all of them, at most 64; the next epoch takes what is left.</param>
    public static (Epoch Epoch, GroupKey Key) Build(
        GroupId group,
        ulong number,
        AccountId author,
        IEnumerable<VerifiedAccount> roster,
        EpochKeys known,
        IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(roster);
        ArgumentNullException.ThrowIfNull(known);
        var key = GroupKey.Create(random);
        var id = group.ToArray();
        var epoch = new Epoch { Number = number, Commitment = ByteString.CopyFrom(key.Commitment(id, number)) };
        foreach (var member in roster.OrderBy(member => member.Id))
        {
            epoch.Seals.Add(SealFor(key, group, number, author, member, random));
        }

        foreach (var older in known.Roots(number).Take(Limits.EpochWraps).Order())
        {
            var box = key.Wrap(known.KeyOf(older)!, id, older, number, random);
            epoch.Wraps.Add(new EpochWrap { Epoch = older, Box = UnsafeByteOperations.UnsafeWrap(box) });
        }

        return (epoch, key);
    }

    /// <summary>One seal of a group key: for an epoch's roster, or for an add to the current epoch.</summary>
    public static Seal SealFor(
        GroupKey key, GroupId group, ulong number, AccountId author, VerifiedAccount recipient, IRandomSource random)
    {
        var about = new GroupKeySeal(group.ToArray(), number, recipient.Id.ToArray(), author.ToArray());
        return new Seal
        {
            Account = recipient.Id.ToByteString(),
            KeyId = recipient.SealingKeyId.ToByteString(),
            Sealed = UnsafeByteOperations.UnsafeWrap(key.SealTo(recipient.SealingKey.Span, about, random)),
        };
    }
}
