namespace Vault.EndToEnd.Tests.People;

/// <summary>Short tests take turns in one household. The long ones have one of their own, so that they run beside these.</summary>
[CollectionDefinition(Name)]
public sealed class AgentProcesses : ICollectionFixture<Household>
{
    public const string Name = "agent processes";
}
