using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>What was thrown away can be looked at, taken back, and deleted.</summary>
[Collection(AgentProcesses.Name)]
public sealed class TrashTests(Household house)
{
    private Person Ann => house.Ann;

    [Fact]
    public async Task What_is_in_the_trash_is_shown_by_its_id_restored_and_deleted()
    {
        await Ann.AddAsync("family/Jar", "honey");
        var id = (await Ann.DoAsync("rm", "family/Jar", "--json")).Document.GetProperty("item").GetProperty("id").GetString()!;

        var gone = (await Ann.RunAsync("get", "family/Jar")).Expect(4);
        Assert.Contains("in the trash", gone.Errors, StringComparison.Ordinal);
        Assert.Equal("honey", (await Ann.DoAsync("get", id[..8])).Text);
        Assert.Contains("Jar", (await Ann.DoAsync("show", id)).Text, StringComparison.Ordinal);

        await Ann.DoAsync("restore", "family/Jar", "--wait");
        Assert.Equal("honey", (await Ann.DoAsync("get", "family/Jar")).Text);
        await Ann.DoAsync("restore", id);

        await Ann.DoAsync("rm", id);
        await Ann.DoAsync("rm", id, "--forever", "--yes");
        Assert.DoesNotContain("Jar", (await Ann.DoAsync("ls", "family", "--trash")).Text, StringComparison.Ordinal);
        (await Ann.RunAsync("restore", id)).Expect(4);
    }
}
