using Vault.Client.Accounts;
using Vault.Client.Sync;
using Vault.Core;
using Vault.Crypto.Codes;
using Vault.Crypto.Groups;
using Vault.Protocol.V1;

namespace Vault.Client.Groups;

/// <summary>Opens invites. The code leaves this device only after the commit that opened it stands in the chain as pulled.</summary>
internal sealed class Inviter(ClientCore core, GroupPusher pusher)
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    public async Task<OpenedInvite> InviteAsync(
        FollowedGroup group, Role role, string label, TimeSpan lifetime, CancellationToken cancellation)
    {
        Registrar.RequireText(label, 0, 256, "A label");
        if (role is < Role.Viewer or > Role.Owner)
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, "A role is viewer, editor, admin or owner.");
        }

        if (lifetime <= TimeSpan.Zero || lifetime > LongestLifetime)
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, "An invite is good for at most 30 days.");
        }

        var random = core.Seams.Random;
        using var secret = InviteCodes.CreateSecret(random);
        using var key = InviteCodes.DeriveKey(secret.Bytes);
        var invite = KeyIds.OfInvite(key.PublicKey);
        var publicKey = Google.Protobuf.ByteString.CopyFrom(key.PublicKey);
        var terms = new InviteTerms { ExpiresMs = core.WallMs + (long)lifetime.TotalMilliseconds, Label = label };
        var commit = await pusher.CommitAsync(
            group,
            draft =>
            {
                draft.OpenKey(startEpoch: false);
                draft.Body.OpenInvites.Add(new OpenInvite
                {
                    InviteKey = publicKey,
                    Role = role,
                    Terms = BoxedFields.SealTerms(draft.Key, group.Id, invite, draft.Epoch, terms, random),
                });
                draft.Note(core.WallMs);
                return true;
            },
            rotates: false,
            cancellation);
        var account = core.RequireAccount();
        var code = InviteCodes.Create(secret, group.Id, commit!.Head.Id, account.Id, account.Relay.Text);
        return new OpenedInvite(invite, InviteCodes.Format(code), role, terms.ExpiresMs);
    }
}
