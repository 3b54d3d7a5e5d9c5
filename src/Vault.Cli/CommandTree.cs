using System.CommandLine;
using System.CommandLine.Help;
using Vault.Cli.Shell;
using Vault.Cli.Verbs;

namespace Vault.Cli;

/// <summary>All commands, in the order in which help lists them.</summary>
internal static class CommandTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Vault: a shared password vault with end-to-end encrypted sync.");
        foreach (var option in GlobalOptions.All)
        {
            root.Add(option);
        }

        root.Add(DemoVerb.Create());
        root.Add(RegisterVerb.Create());
        root.Add(LoginVerb.Create());
        root.Add(WhoAmIVerb.Create());
        root.Add(UnlockVerb.Create());
        root.Add(LockVerb.Create());
        root.Add(UnlockedVerb.Create());
        root.Add(AgentVerb.Create());
        root.Add(AddVerb.Create());
        root.Add(GetVerb.Create());
        root.Add(ShowVerb.Create());
        root.Add(LsVerb.Create());
        root.Add(EditVerb.Create());
        root.Add(RmVerb.Create());
        root.Add(RestoreVerb.Create());
        root.Add(GroupVerb.Create());
        root.Add(InviteVerb.Create());
        root.Add(JoinVerb.Create());
        root.Add(MemberVerb.Create());
        root.Add(SyncVerb.Create());
        root.Add(StatusVerb.Create());
        root.Add(ConflictVerb.Create());
        root.Add(OutboxVerb.Create());
        root.Add(RemovalVerb.Create());
        root.Add(EvidenceVerb.Create());
        root.Add(WatchVerb.Create());
        root.Add(DoctorVerb.Create());
        root.Add(VersionVerb.Create());
        root.Add(HelpVerb.Create(root));
        root.Options.OfType<HelpOption>().Single().Action = new CommandListHelp(new HelpAction());
        // Alone, the program says what it can do.
        root.SetAction((_, cancellation) => root.Parse(["--help"]).InvokeAsync(cancellationToken: cancellation));
        return root;
    }
}
