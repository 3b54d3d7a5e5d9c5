using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core.Chains;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>A relay's chain from where it leaves this device's own.</summary>
/// <param name="Ancestor">The state that both have.</param>
/// <param name="Commits">What follows it at the relay, verified. Empty: the relay's chain is a part of this device's.</param>
/// <param name="Blobs">Blobs that came along; others are fetched afterwards.</param>
/// <param name="Next">Where to read on.</param>
internal sealed record RelayBranch(VerifiedGroup Ancestor, IReadOnlyList<VerifiedCommit> Commits, IReadOnlyList<ByteString> Blobs, ReadPoint Next)
{
    public VerifiedGroup Head => Commits.Count > 0 ? Commits[^1].After : Ancestor;
}

/// <summary>Reads the whole of a relay's chain beside the own one, and changes nothing here.</summary>
internal sealed class BranchReader(ClientCore core)
{
    private const long BlobBytesMax = 64 << 20;

    /// <exception cref="VaultException">Offline, or what the relay's chain breaks.</exception>
    public async Task<RelayBranch> ReadAsync(FollowedGroup group, CancellationToken cancellation)
    {
        var ids = group.Ids.ToList();
        var commits = new List<VerifiedCommit>();
        var blobs = new List<ByteString>();
        var (state, common, token) = ((VerifiedGroup?)null, 0, ByteString.Empty);
        while (true)
        {
            var from = new PullRequest { Group = group.Id.ToByteString(), Token = token, InlineBlobs = true };
            var page = await core.Calls.CallAsync((relay, options) => relay.Groups.PullAsync(from, options), 2, cancellation);
            if (page.Token.Length > ReadPoint.TokenBytesMax)
            {
                // It is where the group is read on from, once the branch is adopted: an honest relay would refuse the message.
                throw Refused(group, new Fault(FaultCode.BadToken));
            }

            foreach (var record in page.Commits)
            {
                var commit = record.Commit ?? throw Refused(group, new Fault(FaultCode.BadRequest, "a record without a commit"));
                if (state is null && common < ids.Count && EntryIds.OfGroupCommit(common == 0 ? new EntryId(Hash32.Zero) : ids[common - 1], commit) == ids[common])
                {
                    common++;
                    continue;
                }

                state ??= StateAt(group, common);
                var step = GroupRules.Extend(state, commit);
                commits.Add(step.IsValid ? step.Value : throw new VaultException(step.Fault));
                state = step.Value.After;
                var left = BlobBytesMax - blobs.Sum(blob => (long)blob.Length);
                blobs.AddRange(record.Blobs.Select(blob => blob.Content).TakeWhile(blob => (left -= blob.Length) >= 0));
            }

            token = page.Token;
            if (!page.More)
            {
                return new RelayBranch(commits.Count > 0 ? StateAt(group, common) : group.State!, commits, blobs, new ReadPoint(token, common + commits.Count));
            }

            if (page.Commits.Count == 0)
            {
                throw Refused(group, new Fault(FaultCode.BadRequest, "a page without commits promises more"));
            }
        }
    }

    private VerifiedGroup StateAt(FollowedGroup group, int commits)
    {
        if (commits == 0)
        {
            throw Refused(group, new Fault(FaultCode.WrongChain));
        }

        return commits == group.Ids.Count ? group.State! : GroupRules.Verify(core.Replica.Chains.Commits(group.Id)[..commits]).Value;
    }

    private static VaultException Refused(FollowedGroup group, Fault fault) => new(fault.At(group.Id.Value, group.VerifiedSeq, null));
}
