using System.Text;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>What people get wrong: each has its own message, its own exit code, and changes nothing.</summary>
public sealed class BadInputTests(Household house) : IClassFixture<Household>
{
    private Person Ann => house.Ann;

    private Person Ben => house.Ben;

    [Fact]
    public async Task A_wrong_password_does_not_unlock()
    {
        await Ann.DoAsync("lock");
        var refused = (await Ann.TellAsync("not hers\n", "unlock", "--password-stdin")).Expect(6);

        Assert.Contains("password", refused.Errors, StringComparison.OrdinalIgnoreCase);
        (await Ann.RunAsync("unlocked")).Expect(3);
        await Ann.UnlockAsync();
        (await Ann.RunAsync("unlocked")).Expect(0);
    }

    [Fact]
    public async Task A_login_needs_the_password_and_the_Secret_Key_and_both_right()
    {
        await using var laptop = house.NewPerson("laptop");
        async Task<Outcome> LogInAsync(string password, string secretKey) => await laptop.TellAsync(
            $"{password}\n{secretKey}\n", "login", "--relay", house.Relay, "--password-stdin", "--secret-key-stdin", "--yes");

        (await LogInAsync("not hers", Ann.SecretKey)).Expect(6);
        (await LogInAsync(Ann.Password, Ben.SecretKey)).Expect(6);
        var mistyped = (await LogInAsync(Ann.Password, Swapped(Ann.SecretKey))).Expect(2);
        Assert.Contains("Secret Key", mistyped.Errors, StringComparison.Ordinal);
        (await laptop.RunAsync("whoami")).Expect(3);

        // Nor is anybody asked for the password of an account that is not there.
        Assert.Contains("svault login", (await laptop.RunAsync("unlock", "--no-input")).Expect(3).Errors, StringComparison.Ordinal);
        (await LogInAsync(Ann.Password, Ann.SecretKey)).Expect(0);
    }

    [Fact]
    public async Task A_wrong_pin_is_refused_before_anything_is_sent()
    {
        await using var eve = house.NewPerson("eve");
        var pin = house.Relay.Split("#sha256/")[1];
        var other = house.Relay.Replace(pin, Swapped(pin), StringComparison.Ordinal);

        var refused = (await eve.TellAsync("a password\n", "register", "--relay", other, "--name", "Eve", "--password-stdin")).Expect(12);

        Assert.Contains("pin", refused.Errors, StringComparison.Ordinal);
        var without = (await eve.TellAsync("a password\n", "register", "--relay", house.Relay.Split('#')[0], "--name", "Eve", "--password-stdin")).Expect(12);
        Assert.Contains("#sha256/", without.Errors, StringComparison.Ordinal);
        (await eve.RunAsync("whoami")).Expect(3);
    }

    [Fact]
    public async Task An_unknown_group_and_an_unknown_item_are_not_found()
    {
        var group = (await Ann.RunAsync("ls", "elsewhere")).Expect(4);
        var item = (await Ann.RunAsync("get", "family/Nothing")).Expect(4);

        Assert.Contains("elsewhere", group.Errors, StringComparison.Ordinal);
        Assert.Contains("Nothing", item.Errors, StringComparison.Ordinal);
        Assert.Empty(group.Output);
        Assert.Empty(item.Output);
        (await Ann.TellAsync("x", "add", "login", "elsewhere/Thing", "--secret", "password")).Expect(4);
        (await Ann.RunAsync("get", "--", "--nothing")).Expect(4);
        (await Ann.RunAsync("status", "")).Expect(2);
    }

    [Theory]
    [InlineData("member", "remove", "family", "nobody")]
    [InlineData("rm", "family/Nothing", "--forever")]
    [InlineData("group", "leave", "elsewhere")]
    public async Task Nobody_is_asked_to_confirm_what_names_nothing(params string[] command) => (await Ann.RunAsync(command)).Expect(4);

    [Fact]
    public async Task A_name_that_a_group_has_or_that_no_selector_could_name_is_refused()
    {
        Assert.Contains("family", (await Ann.RunAsync("group", "create", "family")).Expect(8).Errors, StringComparison.Ordinal);
        (await Ann.RunAsync("group", "create", "a/b")).Expect(2);
        (await Ann.RunAsync("group", "create", "a#b")).Expect(2);
        (await Ann.RunAsync("group", "create", "")).Expect(2);
        await Ann.DoAsync("ls", "family");
    }

    [Theory]
    [InlineData("Write group/item", "get", "family/")]
    [InlineData("Write group/item", "get", "/")]
    [InlineData("There is no option --bogus here.", "ls", "--bogus")]
    [InlineData("There is no option --bogus here.", "get", "--bogus=value")]
    [InlineData("selectors", "help", "nonsense")]
    [InlineData("8 to 1,024", "add", "login", "family/Zero", "--generate", "0")]
    public async Task What_cannot_be_meant_is_refused_with_what_to_write(string advice, params string[] command)
    {
        var refused = (await Ann.RunAsync(command)).Expect(2);

        Assert.Contains(advice, refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    [Fact]
    public async Task Help_has_what_messages_recommend_and_shows_as_required_only_what_is()
    {
        Assert.Contains("group/item", (await Ann.DoAsync("help", "selectors")).Text, StringComparison.Ordinal);
        var list = (await Ann.DoAsync("help")).Text;
        Assert.Contains("get <item> ", list, StringComparison.Ordinal);
        Assert.Contains("  sync  ", list, StringComparison.Ordinal);
        Assert.Contains("[<group>...]", (await Ann.DoAsync("help", "sync")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invite_works_once_and_only_as_it_was_written()
    {
        await using var cleo = house.NewPerson("Cleo");
        await using var dora = house.NewPerson("Dora");
        await cleo.RegisterAsync(house.Relay);
        await dora.RegisterAsync(house.Relay);
        await Ann.DoAsync("group", "create", "choir");
        var code = (await Ann.DoAsync("invite", "choir")).Text;

        var mistyped = (await cleo.TellAsync(Swapped(code) + "\n", "join", "--code-stdin")).Expect(2);
        var foreign = (await cleo.TellAsync(cleo.SecretKey + "\n", "join", "--code-stdin")).Expect(2);
        await cleo.DoTellingAsync(code + "\n", "join", "--code-stdin");
        var used = (await dora.TellAsync(code + "\n", "join", "--code-stdin")).Expect(8);

        Assert.Contains("mistyped", mistyped.Errors, StringComparison.Ordinal);
        Assert.Contains("no invite code", foreign.Errors, StringComparison.Ordinal);
        Assert.Contains("used", used.Errors, StringComparison.Ordinal);
        (await dora.RunAsync("ls", "choir")).Expect(4);
    }

    [Fact]
    public async Task A_locked_agent_reads_and_writes_nothing()
    {
        await Ann.AddAsync("family/Cellar", "locked in");
        await Ann.DoAsync("lock");
        try
        {
            foreach (var command in (string[][])[["get", "family/Cellar"], ["show", "family/Cellar"], ["ls"], ["edit", "family/Cellar", "--title", "x"]])
            {
                var refused = (await Ann.RunAsync(command)).Expect(3);
                Assert.Empty(refused.Output);
                Assert.Contains("svault unlock", refused.Errors, StringComparison.Ordinal);
            }
        }
        finally
        {
            await Ann.UnlockAsync();
        }
    }

    [Fact]
    public async Task An_ambiguous_title_lists_its_candidates_and_picks_none()
    {
        await Ann.AddAsync("family/Twin", "first");
        await Ann.AddAsync("family/Twin", "second");

        var people = (await Ann.RunAsync("get", "family/Twin")).Expect(5);
        var programs = (await Ann.RunAsync("get", "family/Twin", "--json")).Expect(5);

        Assert.Empty(people.Output);
        var candidates = programs.ErrorDocument.GetProperty("candidates").EnumerateArray().Select(one => one.GetProperty("id").GetString()!).ToArray();
        Assert.Equal(2, candidates.Length);
        Assert.All(candidates, id => Assert.Contains(id, people.Errors, StringComparison.Ordinal));
        string[] secrets = [(await Ann.DoAsync("get", candidates[0])).Text, (await Ann.DoAsync("get", candidates[1])).Text];
        Assert.Equal(["first", "second"], secrets.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_viewer_reads_and_does_not_write()
    {
        await Ann.DoAsync("group", "create", "board");
        await house.BringInAsync(Ben, "board", "viewer");
        await Ann.AddAsync("board/Poster", "for all to see");
        await Ben.DoAsync("sync");
        Assert.Equal("for all to see", (await Ben.DoAsync("get", "board/Poster")).Text);

        var edit = (await Ben.RunAsync("edit", "board/Poster", "--title", "Torn")).Expect(7);
        (await Ben.TellAsync("x", "add", "login", "board/Graffiti", "--secret", "password")).Expect(7);
        (await Ben.RunAsync("rm", "board/Poster", "--yes")).Expect(7);
        (await Ben.RunAsync("invite", "board")).Expect(7);

        Assert.Contains("role", edit.Errors, StringComparison.Ordinal);
        Assert.Equal("for all to see", (await Ann.DoAsync("get", "board/Poster")).Text);
    }

    [Fact]
    public async Task An_oversized_secret_and_an_oversized_item_are_refused_and_what_was_there_stays()
    {
        var large = new string('x', 250 << 10);
        var secret = (await Ann.TellAsync(new string('x', 300 << 10), "add", "login", "family/Huge", "--secret", "password")).Expect(17);
        Assert.Contains("256 KiB", secret.Errors, StringComparison.Ordinal);
        (await Ann.RunAsync("show", "family/Huge")).Expect(4);

        await Ann.AddAsync("family/Large", large);
        var refused = await Ann.TellAsync(large, "edit", "family/Large", "--secret", "more-1");
        for (var more = 2; refused.ExitCode == 0 && more < 8; more++)
        {
            refused = await Ann.TellAsync(large, "edit", "family/Large", "--secret", $"more-{more}");
        }

        refused.Expect(17);
        Assert.Empty(refused.Output);
        Assert.Equal(large, (await Ann.DoAsync("get", "family/Large")).Text);
        await Ann.DoAsync("sync");
    }

    [Fact]
    public async Task A_killed_agent_is_started_anew_by_the_next_command_and_nothing_is_lost()
    {
        await Ann.AddAsync("family/Anchor", "holds");
        var killed = await Ann.AgentAsync();
        await Ann.KillAgentAsync();

        (await Ann.RunAsync("get", "family/Anchor")).Expect(3);
        await Ann.UnlockAsync();

        Assert.Equal("holds", (await Ann.DoAsync("get", "family/Anchor")).Text);
        Assert.NotEqual(killed.ProcessId, (await Ann.AgentAsync()).ProcessId);
        await Ann.DoAsync("sync");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("  spaces, 'quotes' and \\ stay  ")]
    [InlineData("geheimnis · ключ · 鍵 · 🗝")]
    [InlineData("two\nlines\n")]
    public async Task Get_to_a_pipe_writes_the_exact_bytes_and_no_line_end(string secret)
    {
        var title = $"Exact {Convert.ToHexString(Encoding.UTF8.GetBytes(secret))}";
        await Ann.AddAsync($"family/{title}", secret);

        Assert.Equal(Encoding.UTF8.GetBytes(secret), (await Ann.DoAsync("get", $"family/{title}")).Output);
    }

    [Fact]
    public async Task Show_masks_secrets_until_it_is_told_to_reveal_them()
    {
        await Ann.AddAsync("family/Mask", "under-the-mask");

        foreach (var form in (string[][])[["show", "family/Mask"], ["show", "family/Mask", "--json"], ["ls", "family", "--json"], ["get", "family/Mask", "--json"]])
        {
            Assert.DoesNotContain("under-the-mask", (await Ann.DoAsync(form)).Text, StringComparison.Ordinal);
        }

        Assert.Contains("under-the-mask", (await Ann.DoAsync("show", "family/Mask", "--reveal")).Text, StringComparison.Ordinal);
        Assert.Contains("under-the-mask", (await Ann.DoAsync("show", "family/Mask", "--reveal", "--json")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_an_error_is_a_document_on_standard_error_and_standard_output_is_empty()
    {
        foreach (var (command, code, name) in ((string[], int, string)[])
        [
            (["ls", "elsewhere", "--json"], 4, "not-found"),
            (["frobnicate", "--json"], 2, "usage"),
            (["register", "--relay", "https://relay.invalid", "--name", "Ann", "--no-input", "--json"], 2, "usage"),
        ])
        {
            var refused = (await Ann.RunAsync(command)).Expect(code);
            Assert.Empty(refused.Output);
            Assert.Equal("svault.error/v1", refused.ErrorDocument.GetProperty("schema").GetString());
            Assert.Equal(code, refused.ErrorDocument.GetProperty("code").GetInt32());
            Assert.Equal(name, refused.ErrorDocument.GetProperty("name").GetString());
            Assert.NotEqual("", refused.ErrorDocument.GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task A_secret_on_the_command_line_is_refused()
    {
        foreach (var command in (string[][])
        [
            ["unlock", "--password", "on-the-line"],
            ["login", "--relay", house.Relay, "--secret-key", "on-the-line"],
            ["join", "on-the-line"],
            ["add", "login", "family/Line", "--secret", "password=on-the-line"],
            ["add", "login", "family/Line", "--field", "password=on-the-line"],
            ["add", "login", "family/Line", "--password=on-the-line"],
        ])
        {
            var refused = (await Ann.RunAsync(command)).Expect(2);
            Assert.Empty(refused.Output);
        }

        (await Ann.RunAsync("show", "family/Line")).Expect(4);
    }

    [Theory]
    [InlineData("\u0003", 130)]
    [InlineData("\u0004", 14)]
    [InlineData("n", 14)]
    public async Task A_confirmation_takes_a_key_that_ends_it_at_once(string key, int code)
    {
        var shown = await Terminal.RunAsync(Ann.Home, "svault member remove family Ben; echo ended with $?", ("[y/N] ", key));

        Assert.Contains($"ended with {code}", shown, StringComparison.Ordinal);
    }

    // Two neighbours that differ change places: the slip that checksums are for.
    private static string Swapped(string text)
    {
        for (var at = text.Length / 2; at < text.Length - 1; at++)
        {
            if (text[at] != text[at + 1] && char.IsAsciiLetterOrDigit(text[at]) && char.IsAsciiLetterOrDigit(text[at + 1]))
            {
                return $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}";
            }
        }

        throw new ArgumentException("Nothing to swap.", nameof(text));
    }
}
