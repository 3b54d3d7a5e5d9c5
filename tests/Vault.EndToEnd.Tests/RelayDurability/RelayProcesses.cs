namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>Tests that start relays take turns: each measures what one relay does with the machine.</summary>
[CollectionDefinition(Name)]
public sealed class RelayProcesses
{
    public const string Name = "relay processes";
}
