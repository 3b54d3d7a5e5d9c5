using System.CommandLine;
using System.Security.Cryptography;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Brings an account to this machine.</summary>
internal static class LoginVerb
{
    private static readonly RelayOption _relay = new();
    private static readonly SecretOption _password = new("password", "password");
    private static readonly SecretOption _secretKey = new("secret-key", "Secret Key");

    private static readonly Option<string?> _device = new("--device-name") { Description = "This device's name (the host's).", HelpName = "name" };

    private static readonly LockAfterOption _lockAfter = new();

    public static Command Create() => Verb.Create(
        "login",
        "Bring an account to this machine, with its password and Secret Key.",
        RunAsync,
        _relay.Option,
        _password.Stdin,
        _password.Descriptor,
        _secretKey.Stdin,
        _secretKey.Descriptor,
        _device,
        _lockAfter.Option);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var relay = _relay.Of(run);
        var password = run.Secrets.Read(run, _password);
        var secretKey = run.Secrets.Read(run, _secretKey);
        try
        {
            var accounts = await run.AccountsAsync(cancellation);
            var request = new LoginRequest
            {
                Relay = relay,
                Password = SecretBytes.Wrap(password),
                SecretKey = SecretBytes.Wrap(secretKey),
                DeviceName = run.Value(_device) ?? "",
                LockAfterSeconds = _lockAfter.Seconds(run),
            };
            var listed = await run.Notices.WhileAsync("opening the account", accounts.LoginAsync(request, cancellationToken: cancellation).ResponseAsync);
            if (!listed.LoggedIn)
            {
                Confirm(run, listed);
                request.ConfirmedDevices.AddRange(listed.Devices.Select(device => device.Id));
                listed = await run.Notices.WhileAsync("adding this device", accounts.LoginAsync(request, cancellationToken: cancellation).ResponseAsync);
            }

            Report(run, listed);
            return Verb.Ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
            CryptographicOperations.ZeroMemory(secretKey);
        }
    }

    // A device that the person does not know is somebody else's, and would read everything this one adds.
    private static void Confirm(Invocation run, LoginResponse listed)
    {
        run.Notices.Line("The account has these devices:");
        foreach (var device in listed.Devices)
        {
            run.Notices.Line($"  {device.Id[..16]}{(device.Ended ? "  (ended)" : "")}");
        }

        run.Ask.Confirm("Are these all yours?");
    }

    private static void Report(Invocation run, LoginResponse response)
    {
        if (run.Json)
        {
            run.Answer.Document(
                new LoginDocument("svault.account.login/v1", AccountPart.Of(response.Account), [.. response.Devices.Select(DevicePart.Of)]),
                Documents.Json.Default.LoginDocument);
            return;
        }

        run.Answer.Line($"Logged in as {response.Account.Name}. This device is {response.Account.DeviceId[..16]}.");
    }
}
