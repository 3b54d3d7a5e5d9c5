using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.EndToEnd.Tests.RelayDurability;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>Nothing that may be a secret comes back on a screen that was not asked for it.</summary>
[Collection(AgentProcesses.Name)]
public sealed class SecretsOnScreenTests(Household house)
{
    private const string Secret = "five-grey-geese";

    [Theory]
    [InlineData("add", "login", "family/Line", "--password", Secret)]
    [InlineData("add", "login", "family/Line", "--password=" + Secret)]
    [InlineData("add", "login", "family/Line", Secret)]
    [InlineData("add", Secret, "family/Line")]
    [InlineData("add", "login", "family/Line", "--field", Secret)]
    [InlineData("add", "login", "family/Line", "--secret-fd", "password=" + Secret)]
    [InlineData("add", "login", "family/Line", "--secret", "password=" + Secret)]
    [InlineData("add", "login", "family/Line", "--generate", Secret)]
    [InlineData("get", "family/Line", "--max-age", Secret)]
    [InlineData("unlock", "--password-fd", Secret)]
    [InlineData("unlock", Secret)]
    [InlineData("unlock", "-p" + Secret)]
    [InlineData("join", Secret)]
    [InlineData("group", Secret)]
    [InlineData(Secret)]
    public async Task A_usage_error_repeats_no_value(params string[] arguments)
    {
        foreach (var form in (string[][])[arguments, [.. arguments, "--json"]])
        {
            var refused = (await house.Ann.RunAsync(form)).Expect(2);

            Assert.Empty(refused.Output);
            Assert.NotEmpty(refused.Errors);
            Assert.DoesNotContain(Secret, refused.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_usage_error_names_the_option_that_is_unknown_and_the_values_that_are_possible()
    {
        var unknown = (await house.Ann.RunAsync("add", "login", "family/Line", "--password", Secret)).Expect(2);
        Assert.Contains("There is no option --password here.", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("svault help add", unknown.Errors, StringComparison.Ordinal);

        var role = (await house.Ann.RunAsync("invite", "family", "--role", "boss")).Expect(2);
        Assert.Contains("--role does not take that value. It is one of: admin, editor, viewer.", role.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_echo_is_off_before_a_secret_is_asked_for()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await Strace.InstallAsync(cancellation);
        using var scratch = new Scratch();
        var trace = scratch.Path("trace");

        await Terminal.RunAsync(
            house.Ann.Home, $"strace -f -qq -v -e trace=ioctl,write -o {trace} svault unlock", ("Password: ", house.Ann.Password));

        var lines = await File.ReadAllLinesAsync(trace, cancellation);
        var asked = Array.FindIndex(lines, line => line.Contains("write(", StringComparison.Ordinal) && line.Contains("Password: ", StringComparison.Ordinal));
        Assert.True(asked >= 0, "The prompt is not in the trace.");
        var modes = lines.Take(asked).LastOrDefault(line => line.Contains("TCSETS", StringComparison.Ordinal) || line.Contains("SNDCTL_TMR_STOP", StringComparison.Ordinal));
        Assert.True(modes is not null, $"Nothing set the terminal's modes before the prompt:\n{string.Join('\n', lines.Take(asked + 1).TakeLast(20))}");
        Assert.DoesNotMatch(@"\|ECHO\b|[ {]echo\b", modes);
    }
}
