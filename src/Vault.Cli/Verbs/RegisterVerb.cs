using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Makes an account. The only command that ever shows the Secret Key and the recovery code.</summary>
internal static class RegisterVerb
{
    private static readonly RelayOption _relay = new();
    private static readonly SecretOption _password = new("password", "password");
    private static readonly SecretOption _code = new("registration-code", "registration code");

    private static readonly Option<string?> _name = new("--name") { Description = "Your name, as members of your groups will see it.", HelpName = "name" };

    private static readonly Option<string?> _device = new("--device-name") { Description = "This device's name (the host's).", HelpName = "name" };

    private static readonly Option<string?> _kit = new("--kit")
    {
        Description = "Write the emergency kit into this new file (mode 0600) instead of printing it.",
        HelpName = "file",
    };

    private static readonly LockAfterOption _lockAfter = new();

    public static Command Create() => Verb.Create(
        "register",
        "Make an account on a relay, and this machine its first device.",
        RunAsync,
        _relay.Option,
        _name,
        _device,
        _password.Stdin,
        _password.Descriptor,
        _code.Stdin,
        _code.Descriptor,
        _kit,
        _lockAfter.Option);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var relay = _relay.Of(run);
        var name = run.Value(_name) ?? run.Ask.Line("Your name", "--name");
        var password = run.Secrets.Read(run, _password, isNew: true);
        var code = run.Secrets.ReadGiven(run, _code) ?? [];
        // Opened first: when the account stands, there must be a place for what is shown only once.
        using var kit = run.Value(_kit) is { } file ? NewFile.Create(file, _kit.Name) : null;
        var kept = false;
        try
        {
            var accounts = await run.AccountsAsync(cancellation);
            var response = await run.Notices.WhileAsync(
                "making keys and registering",
                accounts.RegisterAsync(
                    new RegisterRequest
                    {
                        Relay = relay,
                        Name = name,
                        DeviceName = run.Value(_device) ?? "",
                        Password = SecretBytes.Wrap(password),
                        RegistrationCode = SecretBytes.Wrap(code),
                        LockAfterSeconds = _lockAfter.Seconds(run),
                    },
                    cancellationToken: cancellation).ResponseAsync);
            kept = true;
            Report(run, response, kit);
            return Verb.Ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
            CryptographicOperations.ZeroMemory(code);
            if (!kept && kit is not null)
            {
                File.Delete(kit.Name);
            }
        }
    }

    private static void Report(Invocation run, RegisterResponse response, FileStream? file)
    {
        var kit = new EmergencyKit(response);
        if (file is not null)
        {
            kit.WriteTo(file);
        }

        if (run.Json)
        {
            run.Answer.Document(
                new RegisterDocument(
                    "svault.account.register/v1",
                    AccountPart.Of(response.Account),
                    file is null ? kit.SecretKey : null,
                    file is null ? kit.RecoveryCode : null,
                    file?.Name),
                Documents.Json.Default.RegisterDocument);
        }
        else if (file is not null)
        {
            run.Answer.Line($"Registered. The emergency kit is in {file.Name}: print it, keep the paper, delete the file.");
        }
        else
        {
            run.Answer.Bytes(Encoding.UTF8.GetBytes(kit.Text));
        }
    }
}
