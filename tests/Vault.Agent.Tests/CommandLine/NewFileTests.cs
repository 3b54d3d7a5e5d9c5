using System.Text;
using Vault.Cli.Output;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.CommandLine;

/// <summary>Files that commands make: a fork's evidence, an emergency kit.</summary>
public sealed class NewFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vault-files-").FullName;

    [Fact]
    public void A_file_that_is_there_is_left_as_it_is_and_the_refusal_says_so()
    {
        var path = Path.Combine(_folder, "fork.bin");
        NewFile.Write(path, "--to", "first"u8);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        var refused = Assert.Throws<AgentException>(() => NewFile.Write(path, "--to", "second"u8));
        Assert.Equal((ExitCode.Conflict, $"{path} exists already. It was left as it is."), (refused.Code, refused.Message));
        Assert.Equal("first", File.ReadAllText(path, Encoding.UTF8));
        Assert.Equal(ExitCode.Conflict, Assert.Throws<AgentException>(() => NewFile.Write(_folder, "--to", "second"u8)).Code);
    }

    [Fact]
    public void A_folder_that_is_not_there_and_a_name_that_is_none_are_told_apart()
    {
        Assert.Equal(ExitCode.NotFound, Assert.Throws<AgentException>(() => NewFile.Create(Path.Combine(_folder, "none", "kit.txt"), "--kit")).Code);
        Assert.Equal(ExitCode.Usage, Assert.Throws<AgentException>(() => NewFile.Create("", "--kit")).Code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
