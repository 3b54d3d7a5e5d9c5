using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Gives a relay back what it lost: verified commits, whoever signed them, and the blobs that are live at each call's end. What was
/// superseded since may be gone here, so a call ends where everything live is still held, if that can be; and always where this
/// account is a member, because from others the relay takes nothing.
/// </summary>
internal sealed class SuffixPusher(ClientCore core)
{
    private const int CommitsPerCall = 256;
    private const int BytesPerCall = 1 << 20;

    // What a relay takes at most: only a stretch without this account's membership makes a call so long.
    private const int LongestCall = 4_096;
    private const int LongestCallBytes = 2 << 20;

    private enum Kind
    {
        Suffix,
        Refill,
        Branch,
    }

    // As much as the commit brought when it was pushed: with less, one commit's blobs might never fit beside it.
    private const int BlobBytesPerCall = Limits.BlobsPerCallBytes;

    /// <summary>Pushes what follows the relay's head.</summary>
    public async Task PushAsync(FollowedGroup group, ChainHead relayHead, CancellationToken cancellation)
    {
        var commits = core.Replica.Chains.Commits(group.Id, relayHead.Seq + 1);
        var (missing, _) = await PushAsync(group, commits, Kind.Suffix, cancellation);
        await GiveAsync(group, missing, cancellation);
        group.WantsPull = true;
    }

    /// <summary>Gives back a group that the relay does not know at all; it takes one in a recovery window alone.</summary>
    /// <exception cref="VaultException">UNKNOWN_GROUP: no window is open.</exception>
    public async Task RefillAsync(FollowedGroup group, CancellationToken cancellation)
    {
        var (missing, _) = await PushAsync(group, core.Replica.Chains.Commits(group.Id), Kind.Refill, cancellation);
        await GiveAsync(group, missing, cancellation);
        group.WantsPull = true;
    }

    /// <summary>
    /// Brings this device's side of a fork, from the commit on that the relay has otherwise. False: the relay takes none, because it is
    /// in no recovery window.
    /// </summary>
    public async Task<bool> OfferAsync(FollowedGroup group, ulong fork, CancellationToken cancellation)
    {
        var (missing, isThere) = await PushAsync(group, core.Replica.Chains.Commits(group.Id, fork), Kind.Branch, cancellation);
        if (isThere)
        {
            await GiveAsync(group, missing, cancellation);
        }

        return isThere;
    }

    /// <summary>Gives a relay that has the commits the blobs that it lacks, as far as they are here.</summary>
    public Task GiveBlobsAsync(FollowedGroup group, CancellationToken cancellation) => GiveAsync(group, null, cancellation);

    // Whether the relay has all of them now, on its chain or beside it.
    private async Task<(List<BlobHash> Missing, bool IsThere)> PushAsync(
        FollowedGroup group, List<SignedEntry> commits, Kind kind, CancellationToken cancellation)
    {
        var missing = new List<BlobHash>();
        var bodies = commits.ConvertAll(commit => GroupBody.Parser.ParseFrom(commit.Body));
        var isMember = Membership(group, bodies);
        for (var at = 0; at < commits.Count;)
        {
            // The first call of a refill or a branch is as small as can be: mostly it only learns that no window is open. So it is where
            // the operator cut off what is brought: mostly it only learns that nothing was picked yet.
            var asks = kind != Kind.Suffix || group.Fault is { Code: FaultCode.CutOff };
            var request = Call(group, commits, bodies, isMember, at, asShort: asks && at == 0);
            if (kind == Kind.Branch && at == 0)
            {
                request.Blobs.Clear();
            }

            at += request.Commits.Count;
            (missing, var isThere) = await SendAsync(request, cancellation);
            if (!isThere)
            {
                return ([], false);
            }
        }

        return (missing, commits.Count > 0);
    }

    // In a recovery window the relay takes blobs later, too. Null: it is asked first what it lacks.
    private async Task GiveAsync(FollowedGroup group, List<BlobHash>? missing, CancellationToken cancellation)
    {
        var last = core.Replica.Chains.Commits(group.Id, group.VerifiedSeq);
        while (last.Count > 0 && missing is not { Count: 0 })
        {
            var request = new PushSuffixRequest { Group = group.Id.ToByteString(), Commits = { last[0] } };
            AddBlobs(group, request, missing ?? []);
            if (missing is not null && request.Blobs.Count == 0)
            {
                return;
            }

            var before = missing?.Count ?? int.MaxValue;
            (missing, _) = await SendAsync(request, cancellation);
            if (missing.Count >= before)
            {
                return;
            }
        }
    }

    // Whether this account is a member after each of the last commits of the verified chain.
    private bool[] Membership(FollowedGroup group, List<GroupBody> bodies)
    {
        var me = core.RequireAccount().Id.ToByteString();
        var after = new bool[bodies.Count];
        var isMember = group.State!.MemberOf(core.RequireAccount().Id) is not null;
        for (var i = bodies.Count - 1; i >= 0; i--)
        {
            after[i] = isMember;
            isMember = !bodies[i].Adds.Any(add => add.Account == me)
                && (isMember || Departure.Ends(bodies[i], me));
        }

        return after;
    }

    // The most commits that fit and whose live blobs fit and are here; where no number of them has all, as many as fit.
    private PushSuffixRequest Call(
        FollowedGroup group, List<SignedEntry> commits, List<GroupBody> bodies, bool[] isMember, int from, bool asShort)
    {
        var live = new LiveBlobs(hash => core.Replica.Blobs.SizeOf(group.Id, hash));
        var (at, most, whole, bytes) = (from, from, from, 0);
        List<BlobHash> named = [];
        List<BlobHash> wanted = [];
        while (at < commits.Count && at - from < LongestCall && (at == from || bytes + commits[at].Body.Length <= LongestCallBytes)
            && (most == from || (!asShort && at - from < CommitsPerCall && bytes + commits[at].Body.Length <= BytesPerCall)))
        {
            bytes += commits[at].Body.Length;
            live.Follow(bodies[at]);
            if (!isMember[at++])
            {
                continue;
            }

            most = at;
            wanted = live.Hashes;
            if (live.Absent == 0 && live.Bytes <= BlobBytesPerCall)
            {
                whole = most;
                named = live.Hashes;
            }
        }

        var request = new PushSuffixRequest { Group = group.Id.ToByteString() };
        request.Commits.Add(commits[from..(whole > from ? whole : most > from ? most : at)]);
        AddBlobs(group, request, whole > from ? named : wanted);
        return request;
    }

    private async Task<(List<BlobHash> Missing, bool IsThere)> SendAsync(PushSuffixRequest request, CancellationToken cancellation)
    {
        var response = await core.Calls.CallAsync((relay, options) => relay.Groups.PushSuffixAsync(request, options), 4, cancellation);
        return (
            [.. response.MissingBlobs.Where(hash => hash.Length == Hash32.Size).Select(hash => BlobHash.Parse(hash.Span))],
            response.Outcome != PushOutcome.HeadMoved);
    }

    private void AddBlobs(FollowedGroup group, PushSuffixRequest request, List<BlobHash> wanted)
    {
        var bytes = 0;
        foreach (var hash in wanted)
        {
            if (core.Replica.Blobs.Read(group.Id, hash) is { } blob && (bytes == 0 || bytes + blob.Length <= BlobBytesPerCall))
            {
                bytes += blob.Length;
                request.Blobs.Add(new Blob { Content = UnsafeByteOperations.UnsafeWrap(blob) });
            }
        }
    }

    /// <summary>What some commits put and none of them replaced or deleted.</summary>
    private sealed class LiveBlobs(Func<BlobHash, long?> sizeOf)
    {
        private readonly Dictionary<ByteString, (BlobHash Hash, long? Size)> _items = [];

        public long Bytes { get; private set; }

        /// <summary>How many of them are not here.</summary>
        public int Absent { get; private set; }

        public List<BlobHash> Hashes => [.. _items.Values.Select(blob => blob.Hash)];

        public void Follow(GroupBody body)
        {
            foreach (var delete in body.Deletes)
            {
                Remove(delete.Item);
            }

            foreach (var put in body.Puts)
            {
                Remove(put.Item);
                var hash = BlobHash.Parse(put.BlobHash.Span);
                var size = sizeOf(hash);
                _items.Add(put.Item, (hash, size));
                Bytes += size ?? 0;
                Absent += size is null ? 1 : 0;
            }
        }

        private void Remove(ByteString item)
        {
            if (_items.Remove(item, out var blob))
            {
                Bytes -= blob.Size ?? 0;
                Absent -= blob.Size is null ? 1 : 0;
            }
        }
    }
}
