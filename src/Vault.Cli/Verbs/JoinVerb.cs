using System.CommandLine;
using System.Security.Cryptography;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Joins a group by a code. The code is a secret: it is asked for, or comes in by standard input or a descriptor.</summary>
internal static class JoinVerb
{
    private static readonly SecretOption _code = new("code", "invite code");

    private static readonly Option<string> _wait = new("--wait")
    {
        Description = "How long to wait for a device of the inviter to add you; 0s only hands in the request.",
        HelpName = "span",
        DefaultValueFactory = _ => "60s",
    };

    public static Command Create() => Verb.Create("join", "Join a group by an invite code.", RunAsync, _code.Stdin, _code.Descriptor, _wait);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var wait = Durations.Parse(run.Value(_wait)!);
        var code = run.Secrets.Read(run, _code);
        try
        {
            var members = await run.MembersAsync(cancellation);
            var response = await run.Notices.WhileAsync(
                "waiting to be added",
                members.JoinAsync(
                    new JoinRequest { Code = SecretBytes.Wrap(code), WaitMs = (uint)Math.Min(wait.TotalMilliseconds, 600_000) },
                    cancellationToken: cancellation).ResponseAsync);
            Report(run, response);
            return response.State == JoinState.Joined ? Verb.Ok : ExitCode.Partial;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(code);
        }
    }

    private static void Report(Invocation run, JoinResponse response)
    {
        var joined = response.State == JoinState.Joined;
        if (run.Json)
        {
            run.Answer.Document(
                new JoinDocument(
                    "svault.member.join/v1",
                    joined ? "joined" : "waiting",
                    response.GroupId,
                    response.InviterId,
                    response.Group is null ? null : GroupPart.Of(response.Group)),
                Documents.Json.Default.JoinDocument);
        }
        else if (joined)
        {
            run.Answer.Line($"Joined {response.Group.Name} as {Names.Of(response.Group.Role)}.");
        }
        else
        {
            run.Answer.Line("Asked to join. A device of the inviter adds you when it is online and unlocked; this agent takes it from there.");
        }
    }
}
