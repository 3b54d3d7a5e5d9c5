using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>A commit that the rules accepted, and the state that it makes. Only <see cref="GroupRules"/> makes one.</summary>
public sealed class VerifiedCommit
{
    internal VerifiedCommit(SignedEntry entry, GroupBody body, VerifiedGroup after)
    {
        Entry = entry;
        Body = body;
        After = after;
        Author = AccountId.Parse(body.AuthorAccount.Span);
        Device = DeviceId.Parse(body.AuthorDevice.Span);
    }

    /// <summary>The commit as signed.</summary>
    public SignedEntry Entry { get; }

    /// <summary>What it says. Treat as read-only.</summary>
    public GroupBody Body { get; }

    /// <summary>The account that signed it.</summary>
    public AccountId Author { get; }

    /// <summary>The device that signed it.</summary>
    public DeviceId Device { get; }

    /// <summary>Where the chain stands after it.</summary>
    public ChainHead Head => After.Head;

    /// <summary>The state after it.</summary>
    public VerifiedGroup After { get; }
}
