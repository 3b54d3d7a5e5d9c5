using System.Text;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>A home on a file system of its own (which takes root to mount) that fills up under the agent.</summary>
[Collection(AgentProcesses.Name)]
public sealed class FullHomeTests(Household house)
{
    private const int LargeBytes = 200 << 10;

    [Fact]
    public async Task A_full_disk_is_named_loses_no_edit_and_is_over_when_there_is_room()
    {
        var gus = house.NewPerson("Gus");
        await MountAsync("-t", "tmpfs", "-o", "size=8m,mode=0700", "none", gus.Home);
        try
        {
            await gus.RegisterAsync(house.Relay);
            await gus.DoAsync("group", "create", "attic");
            await gus.AddAsync("attic/Before", "there was room");
            var ballast = Path.Combine(gus.Home, "ballast");
            Fill(ballast);

            // Reads go on, and what does not fit is refused whole: the item is as it was.
            var large = Convert.ToHexString(new byte[LargeBytes / 2]);
            var refused = (await gus.TellAsync(large, "edit", "attic/Before", "--secret", "password")).Expect(1);
            Assert.Contains("disk is full", refused.Errors, StringComparison.Ordinal);
            Assert.Empty(refused.Output);
            var added = (await gus.TellAsync(large, "add", "login", "attic/Large", "--secret", "password", "--json")).Expect(1);
            Assert.Contains("disk is full", added.ErrorDocument.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal("there was room", (await gus.DoAsync("get", "attic/Before")).Text);

            // Neither does a kill on the full disk lose anything.
            await gus.KillAgentAsync();
            File.Delete(ballast);
            await gus.UnlockAsync();
            Assert.Equal("there was room", (await gus.DoAsync("get", "attic/Before")).Text);
            await gus.DoTellingAsync(large, "edit", "attic/Before", "--secret", "password");
            await gus.DoAsync("sync");

            await using var elsewhere = house.NewPerson("Gus elsewhere");
            await elsewhere.LogInAsync(gus, house.Relay);
            await elsewhere.DoAsync("sync");
            Assert.Equal(large, (await elsewhere.DoAsync("get", "attic/Before")).Text);
            (await elsewhere.RunAsync("get", "attic/Large")).Expect(4);
            Assert.Equal(await gus.DigestAsync("attic"), await elsewhere.DigestAsync("attic"));
        }
        finally
        {
            await gus.DisposeAsync();
            // Lazily: for a moment after its socket closed, the killed agent still stands in it.
            await RunAsync("umount", "--lazy", gus.Home);
        }
    }

    private static void Fill(string path)
    {
        var block = new byte[4096];
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // No block is left.
        }
    }

    private static Task MountAsync(params string[] arguments) => RunAsync("mount", arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var outcome = await Programs.RunAsync(Programs.Start(program, arguments), Encoding.UTF8.GetBytes(""));
        Assert.True(outcome.ExitCode == 0, $"{program}: {outcome.Errors}");
    }
}
