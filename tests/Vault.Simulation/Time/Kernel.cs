using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vault.Simulation.Time;

/// <summary>
/// One thread, one queue, one clock: the world that a seed replays. Continuations come through <see cref="Post"/>; when
/// nothing is ready, the clock jumps to the next timer. A post from any other thread means that something hopped to the
/// thread pool, and ends the run.
/// </summary>
public sealed class Kernel : SynchronizationContext, IDisposable
{
    private const int DropStepsMost = 100_000;

    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly PriorityQueue<Action, (long When, long Order)> _timers = new();
    private readonly IncrementalHash _trace = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Thread _thread = Thread.CurrentThread;
    private readonly SynchronizationContext? _outer = Current;
    private readonly List<(long Step, Action Action)> _soon = [];
    private Exception? _failure;
    private long _steps;
    private long _order;

    /// <summary>Starts a world on the calling thread.</summary>
    public Kernel(ulong seed)
    {
        Dice = new Dice(seed, "world");
        SetSynchronizationContext(this);
    }

    /// <summary>Time since the world began, in ticks of 100 ns.</summary>
    public long Now { get; private set; }

    /// <summary>Chance that belongs to the world itself: delays, losses, faults.</summary>
    public Dice Dice { get; }

    /// <summary>Where the trace is written as it grows, for a person who looks into a seed. Null: nowhere.</summary>
    public static TextWriter? Echo { get; set; }

    /// <summary>Lines traced so far.</summary>
    public long Events { get; private set; }

    /// <summary>SHA-256 over every line traced so far, 64 hexadecimal digits.</summary>
    public string TraceHash => Convert.ToHexStringLower(_trace.GetCurrentHash());

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (Thread.CurrentThread != _thread)
            {
                _failure ??= new InvalidOperationException($"A continuation left the pump:\n{Environment.StackTrace}");
            }

            _ready.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing in the simulation may block.");

    /// <summary>Runs something at a moment, or now if that has passed. Equal moments keep their order.</summary>
    public void At(long when, Action action) => _timers.Enqueue(action, (Math.Max(when, Now), _order++));

    /// <summary>Runs something after a while.</summary>
    public void After(TimeSpan delay, Action action) => At(Now + delay.Ticks, action);

    /// <summary>Adds a line to the trace. What is traced must be equal in every run of a seed.</summary>
    public void Trace(string line)
    {
        Events++;
        Echo?.WriteLine($"{TimeSpan.FromTicks(Now)} {line}");
        _trace.AppendData(Encoding.UTF8.GetBytes($"{Now} {line}\n"));
    }

    /// <summary>Adds a message to the trace.</summary>
    public void Trace(string link, string direction, string method, ReadOnlySpan<byte> bytes)
    {
        if (Echo is not null)
        {
            Echo.WriteLine($"{TimeSpan.FromTicks(Now)} {link}{direction}{method} {bytes.Length}");
        }

        Events++;
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(head, Now);
        BinaryPrimitives.WriteInt64BigEndian(head[8..], bytes.Length);
        _trace.AppendData(head);
        _trace.AppendData(MemoryMarshal.AsBytes(link.AsSpan()));
        _trace.AppendData(MemoryMarshal.AsBytes(direction.AsSpan()));
        _trace.AppendData(MemoryMarshal.AsBytes(method.AsSpan()));
        _trace.AppendData(bytes);
    }

    /// <summary>Runs something between two of the next continuations: wherever an await resumes, a process may end.</summary>
    public void AfterSteps(int steps, Action action) => _soon.Add((_steps + steps, action));

    /// <summary>Ends the run with this failure at the next step.</summary>
    public void Fail(Exception failure) => _failure ??= failure;

    /// <summary>Runs until the given time since the beginning, or until a failure, which it throws.</summary>
    public void RunUntil(TimeSpan end) => Run(() => _timers.TryPeek(out _, out var next) && next.When <= end.Ticks, end);

    /// <summary>Runs until the task is done, and gives its result; throws when nothing can happen any more or time runs out.</summary>
    public T Await<T>(Task<T> task, TimeSpan within)
    {
        var end = Now + within.Ticks;
        Run(() => !task.IsCompleted && _timers.TryPeek(out _, out var next) && next.When <= end, null);
        return task.IsCompleted
            ? task.GetAwaiter().GetResult()
            : throw new TimeoutException($"Not done within {within} of simulated time.");
    }

    /// <summary>Runs until the task is done.</summary>
    public void Await(Task task, TimeSpan within) => Await(Done(task), within);

    /// <summary>
    /// The run is over: what is left of its processes ends, so that keys are wiped and nothing stays behind for the next seed. What it runs
    /// into is nobody's.
    /// </summary>
    public void Drop()
    {
        _soon.Clear();
        for (var steps = 0; steps < DropStepsMost; steps++)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_gate)
            {
                if (!_ready.TryDequeue(out next))
                {
                    return;
                }
            }

            try
            {
                next.Callback(next.State);
            }
#pragma warning disable CA1031 // It is over.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }

    public void Dispose()
    {
        SetSynchronizationContext(_outer);
        _trace.Dispose();
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private void Run(Func<bool> mayJump, TimeSpan? end)
    {
        while (true)
        {
            Drain();
            if (!mayJump())
            {
                break;
            }

            _ = _timers.TryDequeue(out var action, out var at);
            Now = at.When;
            action!();
        }

        if (end is { } moment)
        {
            Now = Math.Max(Now, moment.Ticks);
        }
    }

    private void Drain()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_gate)
            {
                if (_failure is { } failure)
                {
                    throw new SimulationFailedException("The run failed.", failure);
                }

                if (!_ready.TryDequeue(out next))
                {
                    return;
                }
            }

            next.Callback(next.State);
            _steps++;
            if (_soon.Count > 0)
            {
                RunDue();
            }
        }
    }

    private void RunDue()
    {
        for (var i = _soon.Count - 1; i >= 0; i--)
        {
            if (_soon[i].Step <= _steps)
            {
                var action = _soon[i].Action;
                _soon.RemoveAt(i);
                action();
            }
        }
    }
}
