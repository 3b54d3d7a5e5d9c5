using Grpc.Core;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// One author who pushes to one group, a commit at a time, and remembers what was acknowledged. At most one commit is ever
/// without an answer; it is sent again as it was.
/// </summary>
internal sealed class Caller : IDisposable
{
    private readonly Author _author;
    private readonly AuthoredGroup _group;
    private readonly List<AuthoredCommit> _made;
    private int _acknowledged;

    public Caller(SeededRandom random)
    {
        _author = Author.Create(random);
        _group = AuthoredGroup.Found(_author, random);
        _made = [.. _group.Founding];
    }

    public int Acknowledged => _acknowledged;

    public IReadOnlyList<AuthoredCommit> Made => _made;

    /// <summary>Registers, and pushes the group's first two commits.</summary>
    public async Task BeginAsync(Uri address, CancellationToken cancellationToken)
    {
        using var calls = await RelayCalls.RegisterAsync(address, _author, cancellationToken);
        while (_acknowledged < _made.Count)
        {
            await PushNextAsync(calls, cancellationToken);
        }
    }

    public Task<RelayCalls> OpenAsync(Uri address, CancellationToken cancellationToken) =>
        RelayCalls.OpenAsync(address, _author, cancellationToken);

    /// <summary>
    /// What a relay holds of the group: everything acknowledged, at most the one unanswered commit more, byte for byte, and
    /// valid from the genesis on.
    /// </summary>
    public async Task<VerifiedGroup> CheckAsync(RelayCalls calls, CancellationToken cancellationToken)
    {
        var held = await calls.PullAllAsync(_group.Id.ToByteString(), cancellationToken);
        Assert.InRange(held.Count, _acknowledged, _made.Count);
        Assert.InRange(_made.Count - _acknowledged, 0, 1);
        Assert.Equal(_made.Take(held.Count).Select(commit => commit.Entry), held);
        var verdict = GroupRules.Verify(held);
        Assert.True(verdict.IsValid, verdict.IsValid ? "" : verdict.Fault.ToString());
        Assert.Equal(_made[held.Count - 1].Head, verdict.Value.Head);
        var sent = _made.Count > _acknowledged;
        if (sent)
        {
            var outcome = await PushNextAsync(calls, cancellationToken);
            Assert.Equal(held.Count == _made.Count ? PushOutcome.Known : PushOutcome.Accepted, outcome);
        }

        return _group.State;
    }

    /// <summary>Every item as its author wrote it last, of the commits that were acknowledged.</summary>
    public SortedDictionary<ItemId, Item> Written()
    {
        var written = new SortedDictionary<ItemId, Item>();
        foreach (var (id, plain) in _made.Take(_acknowledged).Select(commit => commit.Written).OfType<(ItemId, Item)>())
        {
            written[id] = plain;
        }

        return written;
    }

    /// <summary>The group as the author opens it from the relay.</summary>
    public Task<SortedDictionary<ItemId, Item>> ReadAsync(RelayCalls calls, CancellationToken cancellationToken) =>
        OpenedGroup.ReadAsync(calls, _author, _group.Id, cancellationToken);

    /// <summary>The group as somebody opens it who is let in now, on a connection of their own.</summary>
    public async Task<SortedDictionary<ItemId, Item>> ReadAsAsync(
        Author viewer, RelayCalls theirs, RelayCalls calls, CancellationToken cancellationToken)
    {
        _made.Add(_group.Add(viewer));
        await PushNextAsync(calls, cancellationToken);
        return await OpenedGroup.ReadAsync(theirs, viewer, _group.Id, cancellationToken);
    }

    /// <summary>Pushes until the relay is gone.</summary>
    public async Task BurstAsync(RelayCalls calls, Action acknowledged, CancellationToken cancellationToken)
    {
        while (true)
        {
            _made.Add(_group.Put());
            try
            {
                await PushNextAsync(calls, cancellationToken);
            }
            catch (RpcException gone) when (RelayCalls.FaultOf(gone) is null)
            {
                return;
            }

            acknowledged();
        }
    }

    /// <summary>Gives everything made so far to a relay that has lost even the account: registers again, and pushes the chain as a suffix.</summary>
    public async Task RefillAsync(Uri address, CancellationToken cancellationToken)
    {
        using var calls = await RelayCalls.RegisterAsync(address, _author, cancellationToken);
        var request = new PushSuffixRequest { Group = _group.Id.ToByteString() };
        request.Commits.Add(_made.Select(commit => commit.Entry));
        var taken = await calls.PushSuffixAsync(request, cancellationToken);
        Assert.Equal(PushOutcome.Accepted, taken.Outcome);
        request.Blobs.Add(_made.SelectMany(commit => commit.Push().Blobs).Where(blob => taken.MissingBlobs.Contains(BlobHashes.Of(blob.Content.Span).ToByteString())));
        taken = await calls.PushSuffixAsync(request, cancellationToken);
        Assert.Equal(PushOutcome.Known, taken.Outcome);
        Assert.Empty(taken.MissingBlobs);
    }

    /// <summary>Makes a commit and pushes it.</summary>
    public async Task<AuthoredCommit> PushOneAsync(RelayCalls calls, int notesBytes, CancellationToken cancellationToken)
    {
        _made.Add(_group.Put(notesBytes: notesBytes));
        await PushNextAsync(calls, cancellationToken);
        return _made[^1];
    }

    public void Dispose()
    {
        _group.Dispose();
        _author.Dispose();
    }

    private async Task<PushOutcome> PushNextAsync(RelayCalls calls, CancellationToken cancellationToken)
    {
        var response = await calls.PushAsync(_made[_acknowledged].Push(), cancellationToken);
        Assert.True(response.Outcome is PushOutcome.Accepted or PushOutcome.Known, $"{response.Outcome}");
        _acknowledged++;
        return response.Outcome;
    }
}
