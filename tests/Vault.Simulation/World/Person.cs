using System.Text;
using Vault.Client.Accounts;
using Vault.Core.Ids;

namespace Vault.Simulation.World;

/// <summary>A person: one account, one or more devices, and the kit that was shown once.</summary>
public sealed class Person(string name)
{
    /// <summary>Password, the same for all: nobody attacks here.</summary>
    public static ReadOnlyMemory<byte> Password { get; } = Encoding.UTF8.GetBytes("simulated");

    /// <summary>What stands in everything that a person writes, so that a search finds it wherever it is in clear.</summary>
    public const string Canary = "canary";

    /// <summary>How they are called.</summary>
    public string Name => name;

    /// <summary>Theirs alone.</summary>
    public List<SimulatedDevice> Devices { get; } = [];

    /// <summary>Null: not registered yet.</summary>
    public EmergencyKit? Kit { get; set; }

    /// <summary>Null: not registered yet.</summary>
    public AccountId? Account => Kit?.Account;
}
