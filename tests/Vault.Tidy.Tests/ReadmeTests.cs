namespace Vault.Tidy.Tests;

/// <summary>The README opens with two commands, and they are the ones that everything else here relies on.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_first_block_is_the_demo() => Assert.Equal("dotnet run --project src/Vault.Cli -- demo", Command(0));

    [Fact]
    public void The_second_block_is_the_tests() => Assert.Equal("dotnet test --solution Vault.sln", Command(1));

    [Fact]
    public void The_script_takes_its_test_command_from_the_readme()
    {
        var script = Repository.Text(".ci/run");
        Assert.Contains("README.md", script, StringComparison.Ordinal);
        Assert.DoesNotContain(Command(1), script, StringComparison.Ordinal);
    }

    /// <summary>The one command of a block.</summary>
    private static string Command(int block)
    {
        var blocks = Markdown.CodeBlocks(Repository.Text("README.md"));
        Assert.True(blocks.Count > block, $"README.md has only {blocks.Count} code blocks.");
        return Assert.Single(blocks[block], line => line.Trim().Length > 0);
    }
}
