using Vault.Simulation.Time;

namespace Vault.Simulation.Network;

/// <summary>
/// The path between one client machine and the relay, and everything that can be wrong with it. A sleeping client's messages
/// wait in its socket buffer.
/// </summary>
public sealed class Link(Kernel kernel, NodeClock client, string name)
{
    private readonly List<Action> _streams = [];

    /// <summary>For the trace.</summary>
    public string Name => name;

    /// <summary>The relay's services; null while its process is down.</summary>
    public Func<Endpoint?> Server { get; set; } = () => null;

    /// <summary>Whether anything gets through.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Whether stream messages are swallowed while the connection looks healthy: CloudKit's failure.</summary>
    public bool DropsNotifications { get; set; }

    /// <summary>Probability that a request is lost, and that its response is.</summary>
    public double LossRate { get; set; }

    /// <summary>Shortest and longest time of a message on the way.</summary>
    public (TimeSpan Low, TimeSpan High) Delay { get; set; } = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(80));

    /// <summary>Messages in flight on a stream before the writer has to wait, as HTTP/2 flow control does.</summary>
    public int WindowMessages { get; set; } = 64;

    internal Kernel Kernel => kernel;

    internal NodeClock Client => client;

    /// <summary>Ends every open stream with UNAVAILABLE.</summary>
    public void Cut()
    {
        var open = _streams.ToArray();
        _streams.Clear();
        foreach (var cut in open)
        {
            cut();
        }
    }

    internal bool Loses() => !IsUp || kernel.Dice.Chance(LossRate);

    internal TimeSpan NextDelay() => kernel.Dice.Between(Delay.Low, Delay.High);

    internal void OnCut(Action cut) => _streams.Add(cut);

    internal void Forget(Action cut) => _streams.Remove(cut);
}
