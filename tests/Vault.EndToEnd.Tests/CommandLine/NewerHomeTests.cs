using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>A home that a newer version of Vault wrote, met by this one: after a downgrade, or on a disk that two machines share.</summary>
[Collection(AgentProcesses.Name)]
public sealed class NewerHomeTests(Household house)
{
    [Fact]
    public async Task A_home_of_a_newer_version_exits_18_and_is_as_it_was_for_the_newer_program()
    {
        await using var nora = house.NewPerson("Nora");
        await nora.RegisterAsync(house.Relay);
        await nora.DoAsync("group", "create", "barn");
        await nora.AddAsync("barn/Gate", "oats");
        await nora.KillAgentAsync();
        var known = SetVersion(nora, version => version + 1);
        var path = Path.Combine(nora.Paths.StateDirectory, "vault", "replica.sqlite");
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        var read = (await nora.RunAsync("get", "barn/Gate")).Expect(18);
        Assert.Contains("newer version of Vault wrote this home", read.Errors, StringComparison.Ordinal);
        Assert.Empty(read.Output);
        var unlock = (await nora.TellAsync(nora.Password + "\n", "unlock", "--password-stdin", "--json")).Expect(18);
        Assert.Equal("newer-format", unlock.ErrorDocument.GetProperty("name").GetString());
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));

        SetVersion(nora, _ => known);
        await nora.UnlockAsync();
        Assert.Equal("oats", (await nora.DoAsync("get", "barn/Gate")).Text);
    }

    // The version as it was.
    private static long SetVersion(Person person, Func<long, long> next)
    {
        using var replica = person.OpenReplica();
        using var command = replica.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var was = (long)command.ExecuteScalar()!;
#pragma warning disable CA2100 // A number.
        command.CommandText = $"PRAGMA user_version={next(was)}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return was;
    }
}
