using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Tests.Histories;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Tests.Histories;

/// <summary>
/// One history, offered commit by commit to the relay and to two devices of a member: one pulls, the other takes what the
/// stream brings and is restarted on the way. When the member leaves, another member's devices go on. A third device starts
/// at the end.
/// </summary>
internal sealed class PlayedHistory(HistoryRelay relay, History history)
{
    private readonly GroupId _group = history.State.Id;
    private HistoryReplica? _pulling;
    private HistoryReplica? _hinted;

    /// <summary>Commits that relay and both devices judged, and of them those refused by all.</summary>
    public int Judged { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Commits whose blob nobody has: the relay took them only as a suffix.</summary>
    public int WithoutBlob { get; private set; }

    /// <summary>Devices that were told of their person's removal.</summary>
    public int Removed { get; private set; }

    public async Task PlayAsync()
    {
        try
        {
            for (var at = 0; at < history.Commits.Count; at++)
            {
                await RefuseAsync(at);
                await AcceptAsync(at);
            }

            await RefuseAsync(history.Commits.Count);
            await CompareAsync();
        }
        finally
        {
            _pulling?.Dispose();
            _hinted?.Dispose();
        }
    }

    private async Task RefuseAsync(int at)
    {
        foreach (var (_, entry, fault) in history.RefusedCommits.Where(refused => refused.At == at))
        {
            var before = history.States[at - 1];
            await RelayRefusesAsync(before, entry, fault);
            SameFault(fault, await _pulling!.PullAsync(entry), "the pulling device");
            Assert.False(_hinted!.TryTakeHint(entry, [], ByteString.Empty), "a hint made a device take what the rules refuse");
            SameFault(fault, await _hinted.PullAsync(entry), "the restarted device");
            Assert.Equal(before.Head, _pulling.State.Head);
            Assert.Equal(before.Head, _hinted.State.Head);
            Judged++;
            Refused++;
        }
    }

    private async Task RelayRefusesAsync(VerifiedGroup before, SignedEntry entry, Fault fault)
    {
        var body = Parsed(entry);
        var author = AccountId.TryParse(body.AuthorAccount, out var named) && before.MemberOf(named) is not null ? named : before.Members.Keys.First();
        var push = new PushRequest { Group = _group.ToByteString() };
        push.Commits.Add(entry);
        push.Blobs.Add((PutBlobs.Of(body) ?? []).Select(blob => new Blob { Content = ByteString.CopyFrom(blob) }));
        try
        {
            var answer = await relay.PushAsync(author, push);

            // The relay compares before it judges: what does not stand on its head has lost a race, whatever else is wrong with it.
            Assert.True(
                answer.Outcome is PushOutcome.HeadMoved or PushOutcome.Known && !StandsOn(before.Head, body),
                $"the relay answers {answer.Outcome} to what the rules refuse with {fault}");
            Assert.Equal(before.Head.ToGroupHead(), answer.Head);
        }
        catch (VaultException refused)
        {
            SameFault(fault, refused.Fault, "the relay");
        }
    }

    private async Task AcceptAsync(int at)
    {
        var commit = history.Commits[at];
        var after = history.States[at];
        var body = GroupBody.Parser.ParseFrom(commit.Body);
        var author = AccountId.Parse(body.AuthorAccount.Span);
        var blobs = PutBlobs.Of(body);
        Assert.Equal(PushOutcome.Accepted, await RelayTakesAsync(author, commit, blobs, after));
        if (_pulling is null || _hinted is null)
        {
            (_pulling, _hinted) = Devices(at);
        }

        await PullsAsync(_pulling);
        if (_hinted.Group.State is null || at == Restart)
        {
            RestartHinted(at - 1);
            await PullsAsync(_hinted);
        }
        else
        {
            var token = new ChangeToken(_group, after.Head).ToByteString();
            Assert.True(_hinted.TryTakeHint(commit, blobs ?? [], token), "a hint that extends the head was not taken");
        }

        Assert.Equal(after.StateHash(), _pulling.State.StateHash());
        Assert.Equal(after.StateHash(), _hinted.State.StateHash());
        Judged++;
        await HandOverAsync(at);
    }

    // Nothing is pulled in between: what a replica lost would come again with the next page.
    private void RestartHinted(int at)
    {
        var before = _hinted!.Group.State;
        _hinted.Restart();
        Assert.Equal(before?.StateHash(), _hinted.Group.State?.StateHash());
        Assert.True(before is null || before.Head == history.States[at].Head, "a device restarts where it was");
    }

    private async Task<PushOutcome> RelayTakesAsync(AccountId author, SignedEntry commit, List<byte[]>? blobs, VerifiedGroup after)
    {
        var push = new PushRequest { Group = _group.ToByteString() };
        push.Commits.Add(commit);
        push.Blobs.Add((blobs ?? []).Select(blob => new Blob { Content = ByteString.CopyFrom(blob) }));
        try
        {
            var answer = await relay.PushAsync(author, push);
            Assert.NotNull(blobs);
            Assert.Equal(after.Head.ToGroupHead(), answer.Head);
            return answer.Outcome;
        }
        catch (VaultException refused) when (blobs is null)
        {
            // The rules say nothing of blobs; the relay takes a put without one only as what it lost, while its window is open.
            Assert.Equal(FaultCode.BadBlob, refused.Code);
            var suffix = new PushSuffixRequest { Group = _group.ToByteString() };
            suffix.Commits.Add(commit);
            WithoutBlob++;
            return (await relay.PushSuffixInWindowAsync(author, suffix)).Outcome;
        }
    }

    // A commit of the history, drawn by its number, at which the second device restarts.
    private int Restart => (int)(history.Seed % (ulong)history.Commits.Count);

    private (HistoryReplica Pulling, HistoryReplica Hinted) Devices(int at)
    {
        var reader = HistoryRelay.Registered(history.States[at].Members.Keys.MaxBy(member => Stays(member, at)));
        return (new HistoryReplica(relay, reader, _group), new HistoryReplica(relay, reader, _group));
    }

    private int Stays(AccountId member, int at) => history.States.Skip(at).TakeWhile(state => state.MemberOf(member) is not null).Count();

    // Who was removed has read the commit that says so, and reads no further.
    private async Task HandOverAsync(int at)
    {
        if (history.States[at].MemberOf(_pulling!.Account) is null)
        {
            Assert.Equal(Follow.Over, _pulling.Group.Follow);
            Assert.Equal(Follow.Over, _hinted!.Group.Follow);
            _pulling.Dispose();
            _hinted.Dispose();
            _pulling = _hinted = null;
            Removed += 2;
            (_pulling, _hinted) = Devices(at);
            await PullsAsync(_pulling);
            await PullsAsync(_hinted);
        }
    }

    private async Task CompareAsync()
    {
        var hash = history.State.StateHash();
        Assert.Equal(hash, (await relay.StoredAsync(_group)).StateHash());
        Assert.Equal(hash, _pulling!.State.StateHash());
        Assert.Equal(hash, _hinted!.State.StateHash());
        RestartHinted(history.States.Count - 1);
        using var cold = new HistoryReplica(relay, HistoryRelay.Registered(history.State.Members.Keys.Last()), _group);
        await PullsAsync(cold);
        Assert.Equal(hash, cold.State.StateHash());
    }

    private static async Task PullsAsync(HistoryReplica device)
    {
        var fault = await device.PullAsync();
        Assert.True(fault is null, $"the relay took what a device refuses: {fault}");
    }

    private static GroupBody Parsed(SignedEntry entry)
    {
        try
        {
            return GroupBody.Parser.ParseFrom(entry.Body);
        }
        catch (InvalidProtocolBufferException)
        {
            return new GroupBody();
        }
    }

    private static bool StandsOn(ChainHead head, GroupBody body) => body.Seq == head.Seq + 1 && body.Prev == head.Id.ToByteString();

    private static void SameFault(Fault expected, Fault? actual, string by) => Assert.True(
        actual is not null
            && (expected.Code, expected.Inner?.Code, expected.Chain, expected.Seq, expected.Author)
                == (actual.Code, actual.Inner?.Code, actual.Chain, actual.Seq, actual.Author),
        $"the rules: {expected}; {by}: {actual?.ToString() ?? "no fault"}");
}
