using System.Security.Cryptography;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Statements only warn: however many there are of them, no poll is refused for it.</summary>
public sealed class ManyAttestationsTests
{
    [Fact]
    public Task Who_heard_of_more_devices_than_one_poll_names_polls_on_and_names_them_in_turn() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var disk = new OpenDisk();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", disk.Over(liar.Seams()));
        await ann.Client.Sync.SyncAsync();
        disk.Execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
            + "INSERT INTO attestation (grp, device, counter, bytes) SELECT randomblob(32), randomblob(32), 1, x'' FROM n");
        var named = new HashSet<string>();
        liar.Saw = request => named.UnionWith((request as HeadsRequest)?.Known.Select(known => known.Device.ToBase64()) ?? []);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(5001, named.Count);
        Assert.True(ann.Client.Sync.Status(Personal(ann)).IsFresh);
    });

    [Fact]
    public Task Who_has_more_to_say_than_one_poll_carries_says_the_rest_with_the_next() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.Sync.SyncAsync();
        await ann.Client.DisposeAsync();
        using var core = new ClientCore(new ClientOptions { HomeDirectory = ann.Home }, TestPerson.Seams());
        core.Open();
        ReplicaLoader.Load(core);
        var state = core.Groups.Values.Single().State;
        for (var i = 0; i < 300; i++)
        {
            var id = GroupId.Parse(RandomNumberGenerator.GetBytes(Hash32.Size));
            core.Groups.Add(id, new FollowedGroup(id, core.Seams.Time) { Follow = Follow.Accepted, State = state });
        }

        var attester = new Attester(core, new Witnesses(core));
        var first = attester.Due();
        Assert.Equal(256, first.Count);
        attester.Said(first);
        Assert.InRange(attester.Due().Count, 44, 45);
    });
}
