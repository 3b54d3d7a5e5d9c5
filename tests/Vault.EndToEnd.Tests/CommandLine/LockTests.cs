using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

[Collection(AgentProcesses.Name)]
public sealed class LockTests(Household house)
{
    [Fact]
    public async Task Locking_replaces_the_process_image_and_sync_goes_on_without_keys()
    {
        var (ann, ben) = (house.Ann, house.Ben);
        var listed = (await ann.DoAsync("group", "list", "--json")).Document.GetProperty("groups").EnumerateArray();
        var family = listed.Single(group => group.GetProperty("name").GetString() == "family").GetProperty("id").GetString()!;
        await ann.AddAsync("family/Router", "before");
        var before = await ann.AgentAsync();

        await ann.DoAsync("lock");

        var after = await ann.AgentAsync();
        Assert.NotEqual(before.Instance, after.Instance);
        Assert.Equal(before.ProcessId, after.ProcessId);
        Assert.Equal(Ipc.V1.LockState.Locked, after.LockState);
        (await ann.RunAsync("unlocked")).Expect(3);
        (await ann.RunAsync("get", "family/Router")).Expect(3);

        await ben.DoAsync("sync");
        await ben.AddAsync("family/Garage", "while she was away");
        await ben.DoAsync("sync");
        await ann.ReachAsync(family, await ben.HeadAsync(family));
        (await ann.RunAsync("ls")).Expect(3);

        await ann.UnlockAsync();
        Assert.Equal("while she was away", (await ann.DoAsync("get", "family/Garage")).Text);
    }
}
