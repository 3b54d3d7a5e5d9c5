namespace Vault.EndToEnd.Tests.Network;

/// <summary>Tests that hold the product to bounds in seconds: each runs when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ByTheClock
{
    public const string Name = "by the clock";
}
