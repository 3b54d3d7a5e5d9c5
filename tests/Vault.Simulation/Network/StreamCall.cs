using Grpc.Core;
using Vault.Simulation.Time;

namespace Vault.Simulation.Network;

/// <summary>One server stream on a link: in order, with a window, until either side or a cut ends it.</summary>
internal sealed class StreamCall<TResponse>
{
    private static readonly TimeSpan PingsGiveUp = TimeSpan.FromSeconds(12);

    private readonly Link _link;
    private readonly string _name;
    private readonly Marshaller<TResponse> _marshaller;
    private readonly CallOptions _options;
    private readonly CancellationTokenSource _server = new();
    private readonly StreamReader<TResponse> _reader = new();
    private readonly Action _cut;
    private long _lastArrival;
    private int _number;

    public StreamCall(Link link, string name, Marshaller<TResponse> marshaller, CallOptions options)
    {
        _link = link;
        _name = name;
        _marshaller = marshaller;
        _options = options;
        _cut = () => End(StatusCode.Unavailable);
    }

    public IAsyncStreamReader<TResponse> Reader => _reader;

    public void Start(string fullName, byte[] request)
    {
        _link.Kernel.Trace(_link.Name, " > ", _name, request);
        _options.CancellationToken.Register(Cancel);
        _link.OnCut(_cut);
        if (_link.IsUp)
        {
            _link.Kernel.After(_link.NextDelay(), () => _ = Serve(fullName, request));
        }
    }

    public void Cancel() => End(StatusCode.Cancelled);

    private async Task Serve(string fullName, byte[] request)
    {
        var server = _link.Server();
        if (server?.Find(fullName) is not { } handler)
        {
            _link.Client.WhenAwake(() => End(StatusCode.Unavailable));
            return;
        }

        var context = new SimulatedCallContext(fullName, _options.Headers ?? [], _server.Token);
        _number = _link.Observer?.Opened(request) ?? 0;
        try
        {
            await handler(request, message => SendAsync(server, message), context);
            InOrder(() => Finish(null));
        }
        catch (RpcException e)
        {
            InOrder(() => Finish(e));
        }
        catch (OperationCanceledException)
        {
            InOrder(() => End(StatusCode.Cancelled));
        }
#pragma warning disable CA1031 // A handler of a crashed process may fail in any way; of a living one it is a failed run.
        catch (Exception e) when (e is not SimulationFailedException)
#pragma warning restore CA1031
        {
            if (server.IsAlive)
            {
                _link.Kernel.Fail(e);
            }
        }
        finally
        {
            _link.Observer?.Ended(_number);
        }
    }

    private async Task SendAsync(Endpoint server, byte[] message)
    {
        var waited = false;
        while (_reader.InFlight >= _link.WindowMessages && !_server.IsCancellationRequested)
        {
            waited = true;
            await _reader.Room();
        }

        if (_server.IsCancellationRequested)
        {
            throw new OperationCanceledException(_server.Token);
        }

        if (!server.IsAlive)
        {
            return;
        }

        _link.Observer?.Sent(_number, message, waited);
        if (!_link.IsUp || _link.DropsNotifications || (_link.DropsChanges && IsOfChange(message)))
        {
            return;
        }

        Carry(message);
    }

    private void Carry(byte[] message)
    {
        var disorder = _link.HintDisorderRate > 0 && IsOfChange(message) && _link.Kernel.Dice.Chance(_link.HintDisorderRate);
        _reader.InFlight++;
        if (disorder && _link.Kernel.Dice.Chance(0.5))
        {
            // Overtaken by what was sent after it.
            _link.Kernel.After(_link.NextDelay() + TimeSpan.FromSeconds(_link.Kernel.Dice.Fraction() * 5), () => _link.Client.WhenAwake(() => Arrive(message)));
            return;
        }

        InOrder(() => Arrive(message));
        if (disorder)
        {
            _reader.InFlight++;
            InOrder(() => Arrive(message));
        }
    }

    private void Arrive(byte[] message)
    {
        _link.Kernel.Trace(_link.Name, " < ", _name, message);
        _reader.Add(Bytes.To(_marshaller, message));
    }

    // The first byte of a WatchResponse is its event's field: hello 1, beat 4.
    private static bool IsOfChange(byte[] message) => message is [not (0x0A or 0x22), ..];

    // TCP keeps order: a message never arrives before the one sent before it.
    private void InOrder(Action deliver)
    {
        _lastArrival = Math.Max(_lastArrival, _link.Kernel.Now + _link.NextDelay().Ticks);
        _lastArrival += _link.ReadingTime.Ticks;
        _link.Kernel.At(_lastArrival, () => _link.Client.WhenAwake(deliver));
    }

    private void End(StatusCode code) => Finish(new RpcException(new Status(code, code.ToString())));

    private void Finish(RpcException? failure)
    {
        _link.Forget(_cut);
        _reader.Finish(failure);
        if (_link.IsUp)
        {
            Release();
        }
        else
        {
            // The relay's own pings have to find out.
            _link.Kernel.After(PingsGiveUp, Release);
        }
    }

    private void Release()
    {
        if (!_server.IsCancellationRequested)
        {
            _server.Cancel();
        }
    }
}
