using Google.Protobuf;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>How a membership ends.</summary>
internal static class Departure
{
    /// <summary>Whether an account is no member any more by this commit: it was removed, or left.</summary>
    public static bool Ends(GroupBody body, ByteString account) =>
        body.Removes.Any(remove => remove.Account == account) || (body.Leave is not null && body.AuthorAccount == account);
}
