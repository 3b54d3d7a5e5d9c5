using System.Diagnostics;
using System.Text;
using Vault.Agent.Tests.Kit;
using Vault.Cli.Output;
using Vault.Client.Accounts;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.Services;

/// <summary>The relay confirms a head, and another device has verified more: nothing is said to be proven meanwhile.</summary>
public sealed class DisputedGroupTests
{
    // Only a failure waits so long.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    private const uint Soon = 60_000;

    [Fact]
    public Task Neither_sync_nor_status_nor_a_fresh_read_says_that_a_disputed_group_is_proven() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var withholder = new Withholder();
        await using var ann = await LocalAgent.StartAsync(withholder.Seams());
        await ann.RegisterAsync(relay, "Ann");
        await ann.AddAsync("personal", "Shown", Soon);
        var honest = await ann.Sync.SyncAsync(new SyncRequest { Groups = { "personal" }, TimeoutMs = Soon });
        Assert.True(honest.AllProven);
        Assert.Equal(ExitCode.Unspecified, FreshnessText.ExitCodeOf(honest.Groups));
        var id = GroupId.Parse(Convert.FromHexString(honest.Groups[0].Id));

        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(new Login
        {
            Relay = relay.Address,
            PasswordUtf8 = Encoding.UTF8.GetBytes(TestPerson.Password),
            SecretKey = ann.SecretKey,
            ConfirmDevices = _ => Task.FromResult(true),
        });

        // What a device says counts once the group's chain knows of it, and its first write tells.
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(id, Samples.Login("By phone")), TimeSpan.FromMilliseconds(Soon));
        Assert.True((await ann.Sync.SyncAsync(new SyncRequest { TimeoutMs = Soon })).AllProven);
        var log = await ann.Groups.ListGroupLogAsync(new ListGroupLogRequest { Group = "personal", Limit = 1 });
        withholder.StopAt(new Protocol.V1.GroupHead
        {
            Seq = log.Entries[0].Seq,
            Id = Google.Protobuf.ByteString.CopyFrom(Convert.FromHexString(log.Entries[0].CommitId)),
        });
        await phone.Client.Items.WaitAsync(phone.Client.Items.Add(id, Samples.Login("Hidden")), TimeSpan.FromMilliseconds(Soon));

        // A device speaks once a minute; one that starts speaks at once.
        await phone.RestartAsync();
        await phone.Client.Sync.SyncAsync();
        var synced = await ann.Sync.SyncAsync(new SyncRequest { Groups = { "personal" }, TimeoutMs = 5_000 });
        for (var began = Stopwatch.GetTimestamp(); synced.Groups[0].Freshness is not { Disputed: true, State: GroupState.Polling or GroupState.Live };)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_deadline, $"{synced}");
            synced = await ann.Sync.SyncAsync(new SyncRequest { Groups = { "personal" }, TimeoutMs = 5_000 });
        }

        Assert.False(synced.AllProven);
        Assert.Equal(ExitCode.Stale, FreshnessText.ExitCodeOf(synced.Groups));
        Assert.Equal(ExitCode.Stale, FreshnessText.ExitCodeOf((await ann.Sync.GetStatusAsync(new GetStatusRequest { Fresh = true })).Groups));
        foreach (var read in (ReadOptions[])[new() { Fresh = true }, new() { MaxAgeMs = 3_600_000 }])
        {
            var refused = await Assert.ThrowsAsync<AgentException>(
                () => ann.Items.GetFieldAsync(new GetFieldRequest { Selector = "personal/Shown", Read = read }).ResponseAsync);
            Assert.Equal(ExitCode.Stale, refused.Code);
            Assert.Contains("another device", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("secret", (await ann.Items.GetFieldAsync(new GetFieldRequest { Selector = "personal/Shown" })).Value.ToStringUtf8());
    });
}
