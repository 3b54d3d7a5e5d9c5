using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 4: no edit applies twice. One operation id stands in one commit of a group.</summary>
public sealed class NoEditTwice : Validator
{
    private readonly Dictionary<(GroupId Group, ByteString Op), ulong> _applied = [];

    public override string Promise => "no edit twice";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is RelayRestored)
        {
            // What comes back is what was there.
            _applied.Clear();
            foreach (var commit in known.Chains.Values.SelectMany(chain => chain.Commits))
            {
                Judge(commit);
            }
        }
        else if (happening is CommitAccepted commit)
        {
            Judge(commit);
        }
    }

    private void Judge(CommitAccepted commit)
    {
        foreach (var op in commit.Body.Puts.Select(put => put.OpId).Concat(commit.Body.Deletes.Select(delete => delete.OpId)))
        {
            if (!_applied.TryAdd((commit.Group, op), commit.Seq))
            {
                throw Broken($"operation {Convert.ToHexStringLower(op.Span)} stands in {_applied[(commit.Group, op)]} and in {commit.Seq} of {commit.Group}");
            }
        }
    }
}
