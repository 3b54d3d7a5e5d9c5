using System.Text;
using Vault.Cli.Output;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>What a person needs to come back after losing every device. Shown once, stored nowhere.</summary>
internal sealed class EmergencyKit(RegisterResponse registered)
{
    public string SecretKey { get; } = registered.SecretKey.ToStringUtf8();

    public string RecoveryCode { get; } = registered.RecoveryCode.ToStringUtf8();

    public string Text => $"""
        VAULT EMERGENCY KIT

        Name:        {Printable.Of(registered.Account.Name)}
        Relay:       {Printable.Of(registered.Account.Relay)}
        Account:     {registered.Account.AccountId}
        Secret Key:  {SecretKey}

        A new device needs the relay, the Secret Key and your password. Nobody can give you the Secret Key again.

        - - - - - - - - - - - - - - - - cut here - - - - - - - - - - - - - - - -

        Recovery code:  {RecoveryCode}

        It opens the account alone, without password and Secret Key. Keep it in another place than the rest.

        """;

    /// <summary>Writes the text; when the disk does not take it, says it on standard error rather than losing it.</summary>
    public void WriteTo(FileStream file)
    {
        try
        {
            file.Write(Encoding.UTF8.GetBytes(Text));
            file.Flush(flushToDisk: true);
        }
        catch (IOException failure)
        {
            Console.Error.WriteLine(Text);
            throw new AgentException(
                ExitCode.Partial, $"The account stands, but {file.Name} could not be written: {failure.Message}", "Write down the kit printed above.");
        }
    }
}
