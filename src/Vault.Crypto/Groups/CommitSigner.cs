using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Groups;

/// <summary>
/// Starts and signs commits. The caller fills in changes in any order of fields, each list ascending by its key, and runs
/// <see cref="GroupRules"/> over the result before it leaves the process.
/// </summary>
public static class CommitSigner
{
    private const uint FormatVersion = 1;

    /// <summary>Commit 0 of a new group, by a device of its owner; <paramref name="entries"/> are the owner's whole account chain.</summary>
    public static SignedEntry Genesis(
        VerifiedAccount owner, IEnumerable<SignedEntry> entries, GroupKind kind, SigningKey device, IRandomSource random)
    {
        Span<byte> salt = stackalloc byte[Limits.RandomBytes];
        random.Fill(salt);
        var body = new GroupBody
        {
            Version = FormatVersion,
            Prev = Hash32.Zero.ToByteString(),
            AuthorAccount = owner.Id.ToByteString(),
            AuthorDevice = KeyIds.OfDevice(device.PublicKey).ToByteString(),
            AuthorHead = owner.Head.ToAccountHead(),
            Genesis = new GroupGenesis { Kind = kind, Random = ByteString.CopyFrom(salt) },
        };
        body.Genesis.AccountEntries.Add(entries);
        return Sign(body, device);
    }

    /// <summary>An empty commit on a head, by a device of a member whose anchor after the commit's own re-anchors is <paramref name="anchor"/>.</summary>
    public static GroupBody Start(VerifiedGroup before, VerifiedAccount anchor, DeviceId device) => new()
    {
        Version = FormatVersion,
        Group = before.Id.ToByteString(),
        Seq = before.Head.Seq + 1,
        Prev = before.Head.Id.ToByteString(),
        AuthorAccount = anchor.Id.ToByteString(),
        AuthorDevice = device.ToByteString(),
        AuthorHead = anchor.Head.ToAccountHead(),
    };

    /// <summary>The commit, serialised once and signed.</summary>
    public static SignedEntry Sign(GroupBody body, SigningKey device)
    {
        var entry = new SignedEntry { Body = body.ToByteString() };
        entry.Signatures.Add(ByteString.CopyFrom(device.Sign(Purpose.SignGroupCommit, entry.Body.Span)));
        return entry;
    }
}
