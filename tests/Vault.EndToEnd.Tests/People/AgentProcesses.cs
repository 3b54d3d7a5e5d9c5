namespace Vault.EndToEnd.Tests.People;

/// <summary>Tests that start agents take turns, in one household: the demo's looks for agents that outlived it.</summary>
[CollectionDefinition(Name)]
public sealed class AgentProcesses : ICollectionFixture<Household>
{
    public const string Name = "agent processes";
}
