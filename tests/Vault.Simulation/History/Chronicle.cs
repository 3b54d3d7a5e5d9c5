using Vault.Simulation.Validators;

namespace Vault.Simulation.History;

/// <summary>
/// Takes down what happens and has every validator judge it at once. Where a validator finds a violation the run ends: what comes
/// after a broken promise tells nothing.
/// </summary>
public sealed class Chronicle(Func<long> now, Action<ViolationException> broken, TextWriter? file = null)
{
    private readonly Known _known = new();
    private readonly IReadOnlyList<Validator> _validators = AllValidators.Create();
    private int _streams;

    /// <summary>What follows from the history so far.</summary>
    public Known Known => _known;

    /// <summary>How many happenings there were.</summary>
    public long Count { get; private set; }

    /// <summary>Told of each accepted commit.</summary>
    public event Action<CommitAccepted>? Accepted;

    /// <summary>A number for a stream.</summary>
    public int NextStream() => ++_streams;

    /// <summary>Takes down one happening.</summary>
    public void Add(Happening happening)
    {
        ArgumentNullException.ThrowIfNull(happening);
        happening.At = now();
        Judge(happening);
        if (happening is CommitAccepted commit)
        {
            Accepted?.Invoke(commit);
        }
    }

    /// <summary>Judges one that carries its own time.</summary>
    public void Judge(Happening happening)
    {
        ArgumentNullException.ThrowIfNull(happening);
        Count++;
        if (file is not null)
        {
            file.WriteLine(HistoryFile.Line(happening));
        }

        try
        {
            _known.Learn(happening);
            foreach (var validator in _validators)
            {
                validator.Saw(happening, _known);
            }
        }
        catch (ViolationException violation)
        {
            file?.Flush();
            broken(violation);
        }
    }
}
