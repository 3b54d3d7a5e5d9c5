using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// Who signed, judged at this point of this chain: a member, at the anchor after their own re-anchor, by a device that is
/// certified and neither retired nor revoked there (rules 302, 304 to 306, 317, 109, 110).
/// </summary>
internal static class CommitAuthor
{
    public static Fault? Check(GroupDraft draft, SignedEntry commit)
    {
        if (draft.Before.MemberOf(draft.Author) is not { } author)
        {
            return new Fault(FaultCode.NotAMember);
        }

        var anchor = author.Anchor;
        if (OwnReAnchor(draft.Body) is { } reAnchor)
        {
            var moved = ReAnchorRules.Extend(author, reAnchor);
            if (!moved.IsValid)
            {
                return moved.Fault;
            }

            anchor = moved.Value;
            draft.Anchor(author, anchor);
        }

        if (!ChainHead.TryParse(draft.Body.AuthorHead, out var head) || head != anchor.Head)
        {
            return new Fault(FaultCode.AuthorHead);
        }

        return CheckSignature(commit, draft.Body, anchor);
    }

    public static Fault? CheckSignature(SignedEntry commit, GroupBody body, VerifiedAccount anchor)
    {
        var id = DeviceId.Parse(body.AuthorDevice.Span);
        if (!anchor.Devices.TryGetValue(id, out var device) || !device.IsActive)
        {
            return new Fault(FaultCode.DeviceNotAuthorised);
        }

        if (commit.Signatures.Count != 1)
        {
            return new Fault(FaultCode.SignatureCount, "1 expected");
        }

        return Verifies(commit, device) ? null : new Fault(FaultCode.BadSignature);
    }

    /// <summary>For a newer format: signed by a device that the anchor in state authorises, going by the header alone.</summary>
    public static bool Signed(VerifiedGroup before, SignedEntry commit, GroupBody body) =>
        AccountId.TryParse(body.AuthorAccount, out var author)
        && DeviceId.TryParse(body.AuthorDevice, out var id)
        && before.MemberOf(author)?.Anchor.Devices.GetValueOrDefault(id) is { IsActive: true } device
        && commit.Signatures.Count == 1
        && Verifies(commit, device);

    public static ReAnchor? OwnReAnchor(GroupBody body) =>
        body.ReAnchors.FirstOrDefault(reAnchor => reAnchor.Account == body.AuthorAccount);

    private static bool Verifies(SignedEntry commit, VerifiedDevice device) =>
        Signatures.Verify(Purpose.SignGroupCommit, device.SigningKey.Span, commit.Body.Span, commit.Signatures[0].Span);
}
