using Grpc.Core;
using Vault.Simulation.Time;

namespace Vault.Simulation.Network;

/// <summary>One request and its response on a link. A lost message is silence: only a deadline or a cut ends the wait.</summary>
internal sealed class UnaryCall<TResponse>
{
    private readonly Link _link;
    private readonly string _name;
    private readonly Marshaller<TResponse> _marshaller;
    private readonly CallOptions _options;
    private readonly TaskCompletionSource<TResponse> _response = new();
    private readonly CancellationTokenSource _server = new();
    private readonly Action _cut;
    private byte[] _request = [];
    private ITimer? _deadline;

    public UnaryCall(Link link, string name, Marshaller<TResponse> marshaller, CallOptions options)
    {
        _link = link;
        _name = name;
        _marshaller = marshaller;
        _options = options;
        _cut = () => Fail(StatusCode.Unavailable);
    }

    public Task<TResponse> Response => _response.Task;

    public Status Status { get; private set; } = Status.DefaultSuccess;

    public Metadata Trailers { get; private set; } = [];

    public void Start(string fullName, byte[] request)
    {
        _request = request;
        _link.Kernel.Trace(_link.Name, " > ", _name, request);
        _options.CancellationToken.Register(Cancel);
        _link.OnCut(_cut);
        if (_options.Deadline is { } deadline)
        {
            var left = deadline - _link.Client.GetUtcNow().UtcDateTime;
            var due = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            _deadline = _link.Client.CreateTimer(_ => Fail(StatusCode.DeadlineExceeded), null, due, Timeout.InfiniteTimeSpan);
        }

        if (!_link.Loses())
        {
            _link.Kernel.After(_link.NextDelay(), () => _ = Serve(fullName, request));
            if (_link.DuplicateRate > 0 && IsOfGroups(fullName) && _link.Kernel.Dice.Chance(_link.DuplicateRate))
            {
                _link.Duplicated?.Invoke();
                _link.Kernel.After(_link.NextDelay() + _link.NextDelay(), () => _ = Serve(fullName, request));
            }
        }

        _link.HasAsked();
    }

    // These say of themselves that the same bytes again do no harm.
    private static bool IsOfGroups(string fullName) => fullName.StartsWith("/vault.v1.GroupService/", StringComparison.Ordinal);

    public void Cancel() => Fail(StatusCode.Cancelled);

    private async Task Serve(string fullName, byte[] request)
    {
        var server = _link.Server();
        if (server?.Find(fullName) is not { } handler)
        {
            Answer(() => Fail(StatusCode.Unavailable));
            return;
        }

        var context = new SimulatedCallContext(fullName, _options.Headers ?? [], _server.Token);
        var arrived = _link.Kernel.Now;
        try
        {
            await handler(request, response => SendAsync(server, arrived, response), context);
        }
        catch (RpcException e)
        {
            if (server.IsAlive && !_link.Loses())
            {
                Answer(() => Fail(e.Status, Merge(e.Trailers, context.ResponseTrailers)));
            }
        }
        catch (OperationCanceledException)
        {
            Answer(() => Fail(StatusCode.Cancelled));
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
    }

    private Task SendAsync(Endpoint server, long arrived, byte[] response)
    {
        if (server.IsAlive)
        {
            _link.Observer?.Answered(_name, arrived, _request, response);
        }

        if (server.IsAlive && !_link.Loses())
        {
            Answer(() =>
            {
                if (_response.Task.IsCompleted)
                {
                    return;
                }

                _link.Kernel.Trace(_link.Name, " < ", _name, response);
                Close();
                _response.TrySetResult(Bytes.To(_marshaller, response));
            });
        }

        return Task.CompletedTask;
    }

    private void Answer(Action deliver) => _link.Kernel.After(_link.NextDelay(), () => _link.Client.WhenAwake(deliver));

    private void Close()
    {
        _link.Forget(_cut);
        _deadline?.Dispose();
    }

    private void Fail(StatusCode code) => Fail(new Status(code, code.ToString()), []);

    private void Fail(Status status, Metadata trailers)
    {
        if (_response.Task.IsCompleted)
        {
            return;
        }

        Close();
        Status = status;
        Trailers = trailers;
        _link.Kernel.Trace($"{_link.Name} < {_name} {status.StatusCode}");
        _response.TrySetException(new RpcException(status, trailers));
        _server.Cancel();
    }

    private static Metadata Merge(Metadata thrown, Metadata set)
    {
        var all = new Metadata();
        foreach (var entry in thrown.Concat(set))
        {
            all.Add(entry);
        }

        return all;
    }
}
