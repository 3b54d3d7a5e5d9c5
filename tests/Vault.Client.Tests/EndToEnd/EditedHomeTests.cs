using Vault.Client.Doctor;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Whoever holds a locked home writes into it what its owner never said; after the next unlock nothing of it is signed.</summary>
public sealed class EditedHomeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_delete_that_was_written_into_the_outbox_while_locked_deletes_nothing() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var added = await AddAsync(ann, "bank");
        await ann.Client.DisposeAsync();
        Assert.Equal(1, OpenDisk.Execute(
            ann.Home,
            $"INSERT INTO outbox (op_id, grp, item, base_hash) SELECT randomblob(16), grp, x'{added.Item}', hash FROM blob"));

        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("bank", ann.Client.Items.Get(added.Group, added.Item).Item.Title);
        Assert.Equal(CheckState.Fail, Replica(await ann.Client.Doctor.ExamineAsync(mend: false)).State);
        await ann.Client.Sync.SyncAsync();
        AssertSetAside(ann);
        Assert.Equal(["bank"], Titles(ann));

        // What its owner says is done.
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(ann.Client.Items.Delete(added.Group, added.Item), Soon)).State);
        Assert.Empty(Titles(ann));
    });

    [Fact]
    public Task An_edit_that_was_made_a_delete_while_locked_deletes_nothing_and_edits_beside_it_go() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var added = await AddAsync(ann, "bank");
        await relay.DownAsync();
        Assert.True((await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync())).IsOffline);
        ann.Client.Items.Edit(added.Group, added.Item, item => item.Title = "savings bank");
        ann.Client.Items.Edit(added.Group, added.Item, item => item.Notes = "in the old town");
        await ann.Client.DisposeAsync();
        Assert.Equal(1, OpenDisk.Execute(
            ann.Home,
            "UPDATE outbox SET edit_box=NULL, base_hash=(SELECT hash FROM blob) WHERE place=(SELECT max(place) FROM outbox)"));

        await relay.UpAsync();
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Sync.SyncAsync();
        AssertSetAside(ann);
        Assert.Equal(["savings bank"], Titles(ann));
    });

    private static void AssertSetAside(TestPerson ann)
    {
        var aside = Assert.Single(ann.Client.Items.Outbox());
        Assert.Equal(EditState.Quarantined, aside.State);
        Assert.Equal(FaultCode.ReplicaChanged, aside.Reason?.Code);
    }

    private static async Task<AcceptedEdit> AddAsync(TestPerson ann, string title)
    {
        var added = ann.Client.Items.Add(Personal(ann), Login(title));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        return added;
    }

    private static CheckResult Replica(IReadOnlyList<CheckResult> results) => results.Single(result => result.Name == "replica");

    private static string[] Titles(TestPerson person) => [.. person.Client.Items.List(Personal(person)).Select(item => item.Item.Title)];
}
