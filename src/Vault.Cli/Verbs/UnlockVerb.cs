using System.CommandLine;
using System.Security.Cryptography;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Opens the keys in the agent.</summary>
internal static class UnlockVerb
{
    private static readonly SecretOption _password = new("password", "password");
    private static readonly LockAfterOption _lockAfter = new();

    public static Command Create() => Verb.Create(
        "unlock", "Open the keys of this device.", RunAsync, _password.Stdin, _password.Descriptor, _lockAfter.Option);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        // Nobody is asked for the password of an account that is not there.
        var accounts = await run.AccountsAsync(cancellation);
        _ = await accounts.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: cancellation);
        var password = run.Secrets.Read(run, _password);
        try
        {
            var response = await run.Notices.WhileAsync(
                "unlocking",
                accounts.UnlockAsync(
                    new UnlockRequest { Password = SecretBytes.Wrap(password), LockAfterSeconds = _lockAfter.Seconds(run) },
                    cancellationToken: cancellation).ResponseAsync);
            if (run.Json)
            {
                run.Answer.Document(
                    new LockDocument("svault.lock.unlock/v1", "unlocked", null, response.Pending, null), Documents.Json.Default.LockDocument);
            }
            else
            {
                run.Answer.Line($"Unlocked: {response.Account.Name}.");
            }

            return Verb.Ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }
}
