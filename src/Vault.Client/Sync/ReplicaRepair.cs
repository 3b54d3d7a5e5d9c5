using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// Puts back what an audit found damaged, from what is verified: entries by their ids, blobs by their hashes, so no source need be
/// trusted and no head goes back. Throws away nothing but rows that hold nothing; an edit, a signed commit and evidence are left as they are.
/// </summary>
internal sealed class ReplicaRepair(ClientCore core, BlobFetcher blobs)
{
    private const int HashesPerCall = 64;

    /// <summary>Mends what can be mended here, then what the relay has. Throws when the relay is needed and does not answer.</summary>
    public Task MendAsync(AuditReport report, CancellationToken cancellation) => core.Gate.RunAsync(async () =>
    {
        MendHere(report);
        foreach (var group in core.Groups.Values.ToList())
        {
            var own = report.Findings.Where(finding => finding.Chain == group.Id.Value).ToList();
            var commits = own.Where(finding => finding.Kind == AuditKind.Commit && finding.Seq < (ulong)group.Ids.Count).Select(finding => (int)finding.Seq!).ToHashSet();
            if (commits.Count > 0)
            {
                await FetchCommitsAsync(group, commits, cancellation);
            }

            if (group.Follow != Follow.Over && own.Any(finding => finding.Kind is AuditKind.Blob or AuditKind.MissingBlob))
            {
                ReplicaLoader.CountBlobs(core, group);
                await blobs.FetchAsync(group, cancellation);
            }

            var former = own.Where(finding => finding.Kind == AuditKind.FormerValue).Select(finding => finding.Key!).ToList();
            if (former.Count > 0)
            {
                await FetchFormerAsync(group, former, cancellation);
            }

            // What does not follow on the verified chain is written over, or stays a finding.
            group.WantsPull |= own.Any(finding => finding.Kind == AuditKind.Commit && finding.Seq >= (ulong)group.Ids.Count);
        }

        core.Wake.Set();
    });

    private void MendHere(AuditReport report)
    {
        var account = core.Account!;
        core.Replica.Database.Transact("repair", () =>
        {
            foreach (var finding in report.Of(AuditKind.AccountEntry))
            {
                core.Replica.Chains.AddAccountEntry(account.Id, finding.Seq!.Value, account.Entries[(int)finding.Seq]);
            }

            foreach (var finding in report.Of(AuditKind.Blob))
            {
                core.Replica.Database.Execute("DELETE FROM blob WHERE grp=$g AND hash=$h", ("$g", finding.Chain!.Value.ToArray()), ("$h", finding.Key));
            }

            if (report.Of(AuditKind.Attestation).Any())
            {
                core.Replica.Attestations.DeleteUnreadable(account.Device);
            }
        });
        if (report.Of(AuditKind.Authentication).Any())
        {
            // The unlock compared memory with the authenticated heads; locked there is nothing to compare with.
            ReplicaGuard.WriteAll(core);
        }
    }

    // The relay keeps what was superseded for a month too. That it has none of it is its word alone, which takes no note away (attack:
    // one damaged value, and a relay that names every other one as absent): what nobody brings back goes when its month is over.
    private async Task FetchFormerAsync(FollowedGroup group, List<byte[]> keys, CancellationToken cancellation)
    {
        foreach (var asked in keys.Where(key => key.Length == Hash32.Size).Chunk(HashesPerCall))
        {
            var request = new GetBlobsRequest { Group = group.Id.ToByteString() };
            request.Hashes.Add(asked.Select(key => ByteString.CopyFrom(key)));
            var got = await core.Calls.CallAsync((relay, options) => relay.Groups.GetBlobsAsync(request, options), 4, cancellation);
            core.Replica.Database.Transact("repair", () =>
            {
                foreach (var blob in got.Blobs.Where(blob => request.Hashes.Contains(BlobHashes.Of(blob.Content.Span).ToByteString())))
                {
                    core.Replica.Blobs.Add(group.Id, blob.Content.Span);
                }
            });
        }

        // A note that names no value at all holds nothing.
        core.Replica.Database.Transact("repair", () => keys.Where(key => key.Length != Hash32.Size).ToList().ForEach(key => Forget(group, key)));
    }

    private void Forget(FollowedGroup group, byte[] key) =>
        core.Replica.Database.Execute("DELETE FROM superseded WHERE grp=$g AND hash=$h", ("$g", group.Id.ToArray()), ("$h", key));

    // Reads the chain again and keeps each commit whose id is that of the verified one: an id covers every byte before it.
    private async Task FetchCommitsAsync(FollowedGroup group, HashSet<int> wanted, CancellationToken cancellation)
    {
        var request = new PullRequest { Group = group.Id.ToByteString(), Token = ByteString.Empty };
        var position = 0;
        while (wanted.Count > 0)
        {
            var page = await core.Calls.CallAsync((relay, options) => relay.Groups.PullAsync(request, options), 2, cancellation);
            core.Replica.Database.Transact("repair", () =>
            {
                foreach (var record in page.Commits.TakeWhile(_ => position < group.Ids.Count))
                {
                    var id = group.Ids[position];
                    var prev = position == 0 ? new EntryId(Hash32.Zero) : group.Ids[position - 1];
                    if (record.Commit is null || EntryIds.OfGroupCommit(prev, record.Commit) != id)
                    {
                        throw new VaultException(new Fault(FaultCode.ForeignToken, "not the verified chain").At(group.Id.Value, (ulong)position, null));
                    }

                    if (wanted.Remove(position))
                    {
                        core.Replica.Chains.AddCommit(group.Id, new ChainHead((ulong)position, id), record.Commit, core.Replica.Chains.AppliedMs(group.Id, (ulong)position));
                    }

                    position++;
                }
            });
            if (!page.More || page.Commits.Count == 0)
            {
                return;
            }

            request.Token = page.Token;
        }
    }
}
