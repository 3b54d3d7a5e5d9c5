using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>What may stand in a commit at all, and which role each kind of change asks for, read from the state before (rules 307 to 309).</summary>
internal static class CommitAuthority
{
    public static Fault? Check(GroupDraft draft)
    {
        var body = draft.Body;
        if ((body.Leave is not null && !LeavesAlone(body)) || (body.Close is not null && !ClosesAlone(body)))
        {
            return new Fault(FaultCode.MustStandAlone);
        }

        if (body.Seq == 1 && (body.Epoch is not { Number: 1 } || body.Adds.Count > 0 || body.OpenInvites.Count > 0))
        {
            return new Fault(FaultCode.FirstEpoch);
        }

        return draft.AuthorRole < Needed(body) ? new Fault(FaultCode.ForbiddenByRole, $"{Needed(body)} needed") : null;
    }

    private static bool LeavesAlone(GroupBody body) =>
        GroupShape.CountChanges(body) - (CommitAuthor.OwnReAnchor(body) is null ? 0 : 1) == 0
        && body is { Info: null, Epoch: null, Close: null, Note: null };

    private static bool ClosesAlone(GroupBody body) =>
        GroupShape.CountChanges(body) == 0 && body is { Info: null, Leave: null, Epoch: null, Note: null };

    private static Role Needed(GroupBody body) =>
        body.Close is not null ? Role.Owner
        : body.Info is not null || body.Removes.Count + body.Roles.Count + body.CloseInvites.Count
            + body.OpenInvites.Count + body.Adds.Count > 0 ? Role.Admin
        : body.Epoch is not null || body.Note is not null || body.Deletes.Count + body.Puts.Count > 0 ? Role.Editor
        : Role.Viewer;
}
