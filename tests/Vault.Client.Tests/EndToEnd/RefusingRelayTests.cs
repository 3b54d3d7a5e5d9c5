using Google.Protobuf;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A relay that refuses what the rules allow, or garbles what it serves: it parks no edit, and gets no second signature.</summary>
public sealed class RefusingRelayTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(FaultCode.Replaces)]
    [InlineData(FaultCode.ForbiddenByRole)]
    [InlineData(FaultCode.BadSignature)]
    [InlineData(FaultCode.BadBlob)]
    public Task A_refusal_with_a_rules_number_parks_no_edit_and_shows_as_the_relays_fault(FaultCode said) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var sent = new HashSet<ByteString>();
        var refuses = true;
        liar.Saw = request =>
        {
            if (request is PushRequest push)
            {
                sent.UnionWith(push.Commits.Select(commit => commit.Body));
                if (refuses)
                {
                    throw Liar.Refusal(said);
                }
            }
        };
        var added = ann.Client.Items.Add(Personal(ann), Login("kept"));
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(2))).State);
        var status = ann.Client.Sync.Status(added.Group);
        Assert.Equal((1, 0), (status.Pending, status.Quarantined));
        Assert.Equal(FaultCode.RelayRefuses, status.Fault?.Code);
        Assert.Equal(said, status.Fault?.Inner?.Code);

        refuses = false;
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        Assert.Single(sent);
    });

    [Fact]
    public Task Garbage_that_is_pulled_while_an_edit_is_sent_parks_no_edit() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        HeadsResponse? before = null;
        liar.Lie = answer => before = (answer as HeadsResponse)?.Clone() ?? before;
        await ann.Client.Sync.SyncAsync();
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(Personal(ann), Login("theirs")), Soon);

        // The poll shows nothing new, so the first that Ann's device reads of the newer commit is after the lost race.
        liar.Lie = answer =>
        {
            if (answer is HeadsResponse heads)
            {
                heads.Heads.Clear();
                heads.Heads.Add(before!.Heads);
            }

            foreach (var record in (answer as PullResponse)?.Commits ?? [])
            {
                record.Commit.Signatures[0] = ByteString.CopyFrom(new byte[64]);
            }
        };
        var added = ann.Client.Items.Add(Personal(ann), Login("mine"));
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(2))).State);
        Assert.Equal(FaultCode.BadSignature, ann.Client.Sync.Status(added.Group).Fault?.Code);

        liar.Lie = null;
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        Assert.Equal(2, ann.Client.Items.List(added.Group).Count);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_page_that_is_served_for_ever_is_read_no_further_than_it_brings_something_new(bool hasCommits) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(Personal(ann), Login("theirs")), Soon);
        var pages = 0;
        liar.Saw = request => pages += request is PullRequest ? 1 : 0;
        PullResponse? first = null;
        liar.Lie = answer =>
        {
            if (answer is PullResponse page)
            {
                first ??= page.Clone();
                page.Commits.Clear();
                page.Commits.Add(hasCommits ? first.Commits : []);
                page.Token = first.Token;
                page.More = true;
            }
        };
        await ann.Client.Sync.SyncAsync();
        Assert.NotNull(ann.Client.Sync.Status(Personal(ann)).Fault);
        Assert.InRange(pages, 1, 8);

        liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Status(Personal(ann)).Fault);
        Assert.Equal("theirs", Assert.Single(ann.Client.Items.List(Personal(ann))).Item.Title);
    });

    [Fact]
    public Task A_token_too_large_to_send_back_is_not_kept() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        liar.Lie = answer =>
        {
            if (answer is PullResponse page)
            {
                page.Token = ByteString.CopyFrom(new byte[15 << 19]);
            }
        };
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(Personal(ann), Login("one")), Soon);
        await ann.Client.Sync.SyncAsync();

        liar.Lie = null;
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(Personal(ann), Login("two")), Soon);
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Status(Personal(ann)).Fault);
        Assert.Equal(2, ann.Client.Items.List(Personal(ann)).Count);
    });
}
