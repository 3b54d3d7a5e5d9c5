using Vault.Simulation.Time;

namespace Vault.Simulation.Network;

/// <summary>
/// The path between one client machine and the relay, and everything that can be wrong with it. A sleeping client's messages
/// wait in its socket buffer.
/// </summary>
public sealed class Link(Kernel kernel, NodeClock client, string name)
{
    // HTTP/2 pings every 8 s, dead after 4 s without an answer, on both sides.
    private static readonly TimeSpan PingsGiveUp = TimeSpan.FromSeconds(12);

    private readonly List<Action> _open = [];
    private int _outages;

    /// <summary>For the trace.</summary>
    public string Name => name;

    /// <summary>The relay's services; null while its process is down.</summary>
    public Func<Endpoint?> Server { get; set; } = () => null;

    /// <summary>Told of what the relay takes and gives.</summary>
    public ILinkObserver? Observer { get; set; }

    /// <summary>Told once, when the next request has left.</summary>
    public Action? Asked { get; set; }

    /// <summary>Told when a request was sent twice.</summary>
    public Action? Duplicated { get; set; }

    /// <summary>Whether anything gets through.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Whether stream messages are swallowed while the connection looks healthy.</summary>
    public bool DropsNotifications { get; set; }

    /// <summary>Whether only hints of changes are swallowed, and beats arrive: CloudKit's failure.</summary>
    public bool DropsChanges { get; set; }

    /// <summary>Probability that a request is lost, and that its response is.</summary>
    public double LossRate { get; set; }

    /// <summary>Probability that a request for groups reaches the relay twice.</summary>
    public double DuplicateRate { get; set; }

    /// <summary>Probability that a hint comes twice, and that it comes too late.</summary>
    public double HintDisorderRate { get; set; }

    /// <summary>Shortest and longest time of a message on the way.</summary>
    public (TimeSpan Low, TimeSpan High) Delay { get; set; } = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(80));

    /// <summary>How long the client takes to read a hint.</summary>
    public TimeSpan ReadingTime { get; set; }

    /// <summary>Messages in flight on a stream before the writer has to wait, as HTTP/2 flow control does.</summary>
    public int WindowMessages { get; set; } = 64;

    internal Kernel Kernel => kernel;

    internal NodeClock Client => client;

    /// <summary>From now on nothing arrives, and nobody is told: the link is half-open until pings give up on it.</summary>
    public void GoDown()
    {
        IsUp = false;
        var outage = ++_outages;
        kernel.After(PingsGiveUp, () =>
        {
            if (!IsUp && outage == _outages)
            {
                client.WhenAwake(Cut);
            }
        });
    }

    /// <summary>Carries again.</summary>
    public void GoUp() => IsUp = true;

    /// <summary>Ends every open call with UNAVAILABLE.</summary>
    public void Cut()
    {
        var open = _open.ToArray();
        _open.Clear();
        foreach (var cut in open)
        {
            cut();
        }
    }

    internal void HasAsked()
    {
        var asked = Asked;
        Asked = null;
        asked?.Invoke();
    }

    internal bool Loses() => !IsUp || kernel.Dice.Chance(LossRate);

    internal TimeSpan NextDelay() => kernel.Dice.Between(Delay.Low, Delay.High);

    internal void OnCut(Action cut) => _open.Add(cut);

    internal void Forget(Action cut) => _open.Remove(cut);
}
