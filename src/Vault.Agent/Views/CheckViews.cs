using Vault.Client.Doctor;
using Vault.Ipc.V1;
using CheckState = Vault.Ipc.V1.CheckState;

namespace Vault.Agent.Views;

/// <summary>Checks, as the contract shows them. The states stand in one order on both sides; the contract's begin at 1.</summary>
internal static class CheckViews
{
    public static CheckView Of(CheckResult result) => new()
    {
        Name = result.Name,
        State = (CheckState)((int)result.State + 1),
        Text = result.Text,
        Command = result.Command,
        Mended = result.Mended,
    };
}
