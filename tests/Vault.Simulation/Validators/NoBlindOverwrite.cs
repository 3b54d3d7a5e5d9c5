using Google.Protobuf;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 4: no put and no delete replaces a value that it does not name.</summary>
public sealed class NoBlindOverwrite : Validator
{
    public override string Promise => "no blind overwrite";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not CommitAccepted commit)
        {
            return;
        }

        var before = known.Chain(commit.Group).Before(commit.Seq);
        foreach (var (item, replaces) in commit.Body.Puts.Select(put => (put.Item, put.Replaces))
            .Concat(commit.Body.Deletes.Select(delete => (delete.Item, delete.Replaces))))
        {
            if (before.Items.GetValueOrDefault(item, ByteString.Empty) != replaces)
            {
                throw Broken($"{commit.Seq} of {commit.Group} replaces a value of {Convert.ToHexStringLower(item.Span)} that it does not name");
            }
        }
    }
}
