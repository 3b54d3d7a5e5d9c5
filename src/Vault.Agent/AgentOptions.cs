using Vault.Ipc;

namespace Vault.Agent;

/// <summary>How the agent was started. <c>svault</c> does it; a service manager may, without <c>--detach</c>.</summary>
internal sealed record AgentOptions(Profile Profile, bool Detach, bool Help)
{
    public const string Usage = """
        svault-agent [--profile NAME] [--detach]

        Holds the keys of one profile and answers `svault` on a unix socket. `svault` starts it when it is needed.

          --profile NAME  The profile to serve (SVAULT_PROFILE; else "default").
          --detach        Leave the terminal, log to the profile's agent.log, and print "ready" once it answers.
        """;

    /// <summary>The options given; null when they cannot be understood.</summary>
    public static AgentOptions? Parse(string[] arguments)
    {
        string? profile = null;
        var detach = false;
        var help = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--profile" when i + 1 < arguments.Length:
                    profile = arguments[++i];
                    break;
                case "--detach":
                    detach = true;
                    break;
                case "--help" or "-h":
                    help = true;
                    break;
                default:
                    return null;
            }
        }

        return new AgentOptions(Profile.Choose(profile), detach, help);
    }
}
