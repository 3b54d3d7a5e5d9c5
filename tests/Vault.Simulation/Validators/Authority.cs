using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Nobody does what their role does not allow, nor anything to somebody of their own role or above (design section 4).</summary>
public sealed class Authority : Validator
{
    public override string Promise => "authority";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not CommitAccepted { Seq: > 0 } commit)
        {
            return;
        }

        var before = known.Chain(commit.Group).Before(commit.Seq);
        var author = AccountId.Parse(commit.Body.AuthorAccount.Span);
        var role = before.RoleOf(author);
        if (role < Needed(commit.Body) || before.IsClosed)
        {
            throw Broken($"{role} {author} wrote {commit.Seq} of {commit.Group}, which asks for {Needed(commit.Body)}");
        }

        foreach (var (granted, target) in Reaches(commit.Body, before))
        {
            if (role != Role.Owner && (granted >= Role.Admin || target >= Role.Admin))
            {
                throw Broken($"{role} {author} reached up to {granted} over {target} in {commit.Seq} of {commit.Group}");
            }
        }

        if (commit.Body.Removes.Any(remove => remove.Account == commit.Body.AuthorAccount))
        {
            throw Broken($"{author} removed themself in {commit.Seq} of {commit.Group}");
        }
    }

    private static Role Needed(GroupBody body) =>
        body.Close is not null ? Role.Owner
        : body.Info is not null || body.Removes.Count + body.Roles.Count + body.CloseInvites.Count + body.OpenInvites.Count + body.Adds.Count > 0 ? Role.Admin
        : body.Puts.Count + body.Deletes.Count > 0 || body.Epoch is not null || body.Note is not null ? Role.Editor
        : Role.Viewer;

    private static IEnumerable<(Role Granted, Role Target)> Reaches(GroupBody body, GroupModel before) =>
        body.Removes.Select(remove => (Role.Unspecified, before.RoleOf(AccountId.Parse(remove.Account.Span))))
            .Concat(body.Roles.Select(change => (change.Role, before.RoleOf(AccountId.Parse(change.Account.Span)))))
            .Concat(body.OpenInvites.Select(open => (open.Role, Role.Unspecified)))
            .Concat(body.Adds.Select(add => (add.Role, Role.Unspecified)));
}
