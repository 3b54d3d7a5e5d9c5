namespace Vault.Client.Sync;

/// <summary>
/// The highest position hinted since the newest proof was sent (design.md, section 5). Hints that a later and higher one overtops are
/// forgotten; a lower one that came later is kept, for when a proof does away with the higher (attack: a hint of what does not exist,
/// under which the true one that follows would be lost).
/// </summary>
internal sealed class HintsSinceProof
{
    // A relay that hints ever lower positions costs no more memory than this.
    private const int StepsMax = 16;

    // Positions fall and times rise from one step to the next.
    private readonly List<(ulong Seq, TimeSpan At)> _steps = [];

    /// <summary>0: none.</summary>
    public ulong Highest => _steps.Count == 0 ? 0 : _steps[0].Seq;

    public void Add(ulong seq, TimeSpan at)
    {
        _steps.RemoveAll(step => step.Seq <= seq);
        if (seq > 0 && _steps.Count < StepsMax)
        {
            _steps.Add((seq, at));
        }
        else if (seq > 0)
        {
            // The lowest of them stands for this one too: it lowers freshness for longer, and never raises it.
            _steps[^1] = (_steps[^1].Seq, at);
        }
    }

    /// <summary>Whether a position in a range was hinted.</summary>
    public bool Any(ulong above, ulong upTo) => _steps.Exists(step => step.Seq > above && step.Seq <= upTo);

    /// <summary>A proof was sent at this moment: what was hinted before says nothing any more.</summary>
    public void Forget(TimeSpan sentAt) => _steps.RemoveAll(step => step.At <= sentAt);
}
