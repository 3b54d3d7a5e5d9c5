using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Whose account and which device this is.</summary>
internal static class WhoAmIVerb
{
    public static Command Create() => Verb.Create("whoami", "Show the account and the device.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var accounts = await run.AccountsAsync(cancellation);
        var response = await accounts.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: cancellation);
        var account = response.Account;
        if (run.Json)
        {
            run.Answer.Document(
                new AccountDocument("svault.account.whoami/v1", AccountPart.Of(account), Names.Of(response.LockState)),
                Documents.Json.Default.AccountDocument);
            return Verb.Ok;
        }

        run.Answer.Pairs(
            ("name", account.Name),
            ("account", account.AccountId),
            ("device", account.DeviceName.Length == 0 ? account.DeviceId : $"{account.DeviceName} ({account.DeviceId})"),
            ("relay", account.Relay),
            ("state", Names.Of(response.LockState)));
        return Verb.Ok;
    }
}
