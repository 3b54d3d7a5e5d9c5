using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.Validators;
using Vault.Simulation.Validators.Streams;

namespace Vault.Simulation.Tests;

/// <summary>Whom the validator of W12 takes for a new member: histories of a few lines, each beside one that breaks the promise.</summary>
public sealed class NewMembersHearTheHeadTests
{
    private const int Stream = 7;

    private static readonly AccountId s_ann = AccountId.Parse(Bytes(1));
    private static readonly AccountId s_ben = AccountId.Parse(Bytes(2));
    private static readonly GroupId s_group = GroupId.Parse(Bytes(3));

    private readonly Known _known = new();
    private readonly W12NewMembersHearTheHead _validator = new();
    private ulong _next;

    public NewMembersHearTheHeadTests()
    {
        See(new DeviceHealth("ben1", s_ben, 1, true, true, true));
        Accept(body => body.Genesis = new GroupGenesis());
    }

    [Theory]
    [InlineData(HintKind.HeadMoved, false)]
    [InlineData(HintKind.Commit, true)]
    public void Who_is_added_for_the_first_time_hears_the_head(HintKind first, bool isBroken)
    {
        Open();
        Add();
        Hear(first, isBroken);
    }

    [Theory]
    [InlineData(HintKind.HeadMoved, false)]
    [InlineData(HintKind.Commit, true)]
    public void Who_was_told_of_the_end_is_new_again(HintKind first, bool isBroken)
    {
        Add();
        Open();
        Remove();
        Hear(HintKind.Commit, isBroken: false);
        Add();
        Hear(first, isBroken);
    }

    [Theory]
    [InlineData(HintKind.HeadMoved, false)]
    [InlineData(HintKind.Commit, true)]
    public void Who_was_out_when_the_stream_was_opened_is_new(HintKind first, bool isBroken)
    {
        Add();
        Remove();
        Open();
        Add();
        Hear(first, isBroken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_was_not_told_of_the_end_goes_on(bool wasTold)
    {
        // Seed 8098: a suffix that is given back removes and adds again, and the tail reads it in one go.
        Add();
        Open();
        if (wasTold)
        {
            Accept(_ => { });
            Hear(HintKind.HeadMoved, isBroken: false);
        }

        Remove();
        Add();
        Hear(HintKind.Commit, isBroken: false);
    }

    private static byte[] Bytes(byte value) => [.. Enumerable.Repeat(value, Hash32.Size)];

    private void Open() => See(new StreamOpened(Stream, "ben1", new Dictionary<string, string>(StringComparer.Ordinal)));

    private void Add() => Accept(body => body.Adds.Add(new AddMember { Account = s_ben.ToByteString(), Role = Role.Editor }));

    private void Remove() => Accept(body => body.Removes.Add(new RemoveMember { Account = s_ben.ToByteString() }));

    private void Accept(Action<GroupBody> change)
    {
        var body = new GroupBody { AuthorAccount = s_ann.ToByteString(), Seq = _next };
        change(body);
        See(new CommitAccepted(s_group, _next++, EntryId.Parse(Bytes(4)), body.ToByteArray()));
    }

    // The newest commit, or the head that it made.
    private void Hear(HintKind kind, bool isBroken)
    {
        var hint = new StreamHint(Stream, kind, s_group, _next - 1, null, 0, false);
        if (isBroken)
        {
            Assert.Equal(_validator.Promise, Assert.Throws<ViolationException>(() => See(hint)).Promise);
        }
        else
        {
            See(hint);
        }
    }

    private void See(Happening happening)
    {
        _known.Learn(happening);
        _validator.Saw(happening, _known);
    }
}
