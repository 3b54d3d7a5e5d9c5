using Vault.Client.Groups;
using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Sync;

/// <summary>Ann's laptop, whose line and clocks the test holds, and her phone, which writes over an honest line: one group, hers.</summary>
internal sealed class ContractScene : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private ContractScene(TestRelay relay, TestPerson ann, TestPerson phone, Line line, TwoClocks clocks) =>
        (Relay, Ann, Phone, Line, Clocks, Group) = (relay, ann, phone, line, clocks, Personal(ann));

    public TestRelay Relay { get; }

    public TestPerson Ann { get; }

    public TestPerson Phone { get; }

    public Line Line { get; }

    public TwoClocks Clocks { get; }

    public GroupId Group { get; }

    public GroupStatus Status => Ann.Client.Sync.Status(Group);

    public ConnectionStatus Connection => Ann.Client.Sync.Connection();

    /// <summary>Polls that Ann's laptop sent.</summary>
    public int Polls => Line.Sent.OfType<HeadsRequest>().Count();

    /// <summary>Plays a scene; polls come only when something else than their turn asks for them, unless adjusted otherwise.</summary>
    public static Task RunAsync(Func<ContractScene, Task> body, Func<ClientOptions, ClientOptions>? adjust = null) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync(metrics: true);
        var (line, clocks) = (new Line(), new TwoClocks());
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", line.Seams(clocks));
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var never = TimeSpan.FromDays(1);
        ann.Adjust = options => (adjust ?? (same => same))(options with { PollInterval = never, FastPollInterval = never, HintGrace = TimeSpan.FromMilliseconds(150) });
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await using var scene = new ContractScene(relay, ann, phone, line, clocks);
        await scene.PhoneAddsAsync("first");
        await ann.Client.Sync.SyncAsync();
        await body(scene);
    });

    /// <summary>Starts the loop and waits until the group is live.</summary>
    public async Task StartAsync()
    {
        Ann.Client.Sync.Start();
        await UntilAsync(() => Status.State == FreshnessState.Live);
    }

    /// <summary>The first change that a relay hints of a group is announced; from the next on the commit comes with the hint.</summary>
    public async Task LetHintsBringCommitsAsync()
    {
        var before = Status.VerifiedSeq;
        await PhoneAddsAsync();
        await UntilAsync(() => Status.VerifiedSeq > before && Status.State == FreshnessState.Live);
    }

    /// <summary>The phone adds an item, which the relay holds afterwards.</summary>
    public async Task<AcceptedEdit> PhoneAddsAsync(string title = "from the phone")
    {
        var added = Phone.Client.Items.Add(Group, Login(title));
        Assert.Equal(EditState.Saved, (await Phone.Client.Items.WaitAsync(added, Deadline)).State);
        return added;
    }

    /// <summary>The stream brings beats and no change.</summary>
    public void DropNotifications() => Line.Passes = hint => hint.Commit is null && hint.HeadMoved is null;

    /// <summary>Waits for something that only a defect keeps from happening.</summary>
    public async Task UntilAsync(Func<bool> happened)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!happened())
        {
            Assert.False(deadline.IsCancellationRequested, $"It did not happen: {Status}, {Connection}, {Polls} polls, {Line.Streams} streams.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    public ValueTask DisposeAsync()
    {
        // What is held back is let go, so that the loop can end.
        Line.Hold = null;
        return ValueTask.CompletedTask;
    }
}
