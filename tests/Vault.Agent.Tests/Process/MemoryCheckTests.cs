using Vault.Agent.Process;
using Vault.Client.Doctor;

namespace Vault.Agent.Tests.Process;

/// <summary>What `doctor` says of the agent's memory.</summary>
public sealed class MemoryCheckTests
{
    [Theory]
    [InlineData(true, 0UL, false, "another program of this user can read it")]
    [InlineData(false, 1UL, false, "a crash would leave it on disk")]
    [InlineData(false, 0UL, true, "the runtime lets debuggers in")]
    [InlineData(null, 4_096UL, true, "a crash would leave it on disk, the runtime lets debuggers in")]
    public void Each_way_into_the_agents_memory_is_a_failure_that_is_named_with_what_to_do(bool? dumpable, ulong core, bool diagnostics, string named)
    {
        var found = MemoryCheck.Of(new MemoryFacts(dumpable, core, diagnostics));
        Assert.Equal((CheckState.Fail, $"the agent's memory is open: {named}"), (found.State, found.Text));
        Assert.Equal("svault agent stop, then svault unlock", found.Command);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public void Memory_that_is_closed_is_well(bool? dumpable) =>
        Assert.Equal(CheckState.Ok, MemoryCheck.Of(new MemoryFacts(dumpable, 0, HasDiagnostics: false)).State);
}
