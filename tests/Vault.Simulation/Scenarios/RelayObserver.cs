using Vault.Core;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.Network;

namespace Vault.Simulation.Scenarios;

/// <summary>Takes down what the relay tells one device: what it confirms, and everything on its streams.</summary>
internal sealed class RelayObserver(string device, Chronicle chronicle) : ILinkObserver
{
    public void Answered(string method, long arrived, byte[] request, byte[] response)
    {
        switch (method)
        {
            case "Heads":
                chronicle.Add(OfHeads(arrived, HeadsResponse.Parser.ParseFrom(response)));
                break;
            case "Push":
                Confirmed(PushRequest.Parser.ParseFrom(request), PushResponse.Parser.ParseFrom(response));
                break;
            default:
                break;
        }
    }

    public int Opened(byte[] request)
    {
        var from = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in WatchRequest.Parser.ParseFrom(request).From)
        {
            // A token that is none is refused, and so is the stream.
            from[GroupId.Parse(group.Group.Span).ToString()] = ChangeToken.TryParse(group.Token, out var token) ? $"{token.Head.Seq}/{token.Head.Id}" : "";
        }

        var stream = chronicle.NextStream();
        chronicle.Add(new StreamOpened(stream, device, from));
        return stream;
    }

    public void Sent(int stream, byte[] message, bool waited)
    {
        var hint = WatchResponse.Parser.ParseFrom(message);
        chronicle.Add(hint.EventCase switch
        {
            WatchResponse.EventOneofCase.Hello => new StreamHint(stream, HintKind.Hello, null, 0, null, message.Length, waited),
            WatchResponse.EventOneofCase.Beat => new StreamHint(stream, HintKind.Beat, null, hint.Beat.Counter, null, message.Length, waited),
            WatchResponse.EventOneofCase.Commit => OfCommit(stream, hint.Commit, message.Length, waited),
            WatchResponse.EventOneofCase.HeadMoved => new StreamHint(
                stream, HintKind.HeadMoved, GroupId.Parse(hint.HeadMoved.Group.Span), hint.HeadMoved.Head.Seq, EntryId.Parse(hint.HeadMoved.Head.Id.Span), message.Length, waited),
            WatchResponse.EventOneofCase.None => new StreamHint(stream, HintKind.Unknown, null, 0, null, message.Length, waited),
            _ => new StreamHint(stream, HintKind.Other, null, 0, null, message.Length, waited),
        });
    }

    public void Ended(int stream) => chronicle.Add(new StreamEnded(stream));

    private void Confirmed(PushRequest push, PushResponse answer)
    {
        if (answer.Outcome is not (PushOutcome.Accepted or PushOutcome.Known) || !GroupId.TryParse(push.Group, out var group))
        {
            return;
        }

        foreach (var commit in push.Commits)
        {
            var body = GroupBody.Parser.ParseFrom(commit.Body);
            var prev = EntryId.Parse(body.Prev.Span);
            chronicle.Add(new Acknowledged(device, group, body.Seq, EntryIds.OfGroupCommit(prev, commit)));
        }
    }

    private PollAnswered OfHeads(long arrived, HeadsResponse answer)
    {
        var heads = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var head in answer.Heads)
        {
            heads[GroupId.Parse(head.Group.Span).ToString()] = head.Head.Seq;
        }

        return new PollAnswered(device, arrived, heads);
    }

    private static StreamHint OfCommit(int stream, WatchCommit commit, int bytes, bool waited)
    {
        var body = GroupBody.Parser.ParseFrom(commit.Record.Commit.Body);
        var id = EntryIds.OfGroupCommit(EntryId.Parse(body.Prev.Span), commit.Record.Commit);
        return new StreamHint(stream, HintKind.Commit, GroupId.Parse(commit.Group.Span), body.Seq, id, bytes, waited);
    }
}
