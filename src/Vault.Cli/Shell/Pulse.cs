using System.Net.Sockets;
using System.Runtime.InteropServices;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Shell;

/// <summary>
/// Calls to an agent, and an ear for whether it is there. A process that was stopped (SIGSTOP, a debugger, a frozen container) keeps its
/// socket and takes every call, and a command would wait for it for ever, without a word. A call may take as long as it needs, so only
/// silence is measured: while one lasts, the agent is asked every few seconds for an answer that waits for nothing else. Whatever
/// comes back, be it a refusal by an older version, shows that it runs.
/// </summary>
internal sealed class Pulse(AgentChannel agent, VaultPaths paths, TimeSpan patience) : Interceptor
{
    private const int Waits = 4;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    /// <summary>For the generated clients.</summary>
    public static CallInvoker Of(AgentChannel agent, VaultPaths paths) => Of(agent, paths, _patience);

    internal static CallInvoker Of(AgentChannel agent, VaultPaths paths, TimeSpan patience) => agent.Invoker.Intercept(new Pulse(agent, paths, patience));

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(
            HeardAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new AsyncServerStreamingCall<TResponse>(
            new HeardStream<TResponse>(this, call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<T> HeardAsync<T>(Task<T> answer)
    {
        while (await Task.WhenAny(answer, Task.Delay(patience)) != answer)
        {
            await AskAsync(answer);
        }

        return await answer;
    }

    private async Task AskAsync(Task answer)
    {
        Task ping = new AgentService.AgentServiceClient(agent.Invoker).PingAsync(new PingRequest()).ResponseAsync;
        for (var wait = 0; wait < Waits; wait++)
        {
            // In pieces: when this process was stopped too, as by Ctrl-Z, its time is up before it can read what lies there.
            var first = await Task.WhenAny(answer, ping, Task.Delay(patience));
            if (first == answer || first == ping)
            {
                return;
            }
        }

        throw Silent();
    }

    private AgentException Silent()
    {
        var (name, advice) = Listener() is { } process
            ? ($"The agent (process {process})", $"kill -CONT {process} lets it go on, if it was stopped; else kill -9 {process}, then svault unlock.")
            : ("The agent", "Let its process svault-agent go on, if it was stopped; else end it, then svault unlock.");
        return new AgentException(
            ExitCode.Agent,
            $"{name} takes calls and does not answer, not even whether it runs.",
            $"{advice} Edits that were saved are on disk.");
    }

    // By the kernel's word: the agent itself says nothing.
    private int? Listener()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(paths.Socket));
            // struct ucred: pid, uid, gid.
            Span<byte> credentials = stackalloc byte[12];
            return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length ? MemoryMarshal.Read<int>(credentials) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private sealed class HeardStream<T>(Pulse pulse, IAsyncStreamReader<T> stream) : IAsyncStreamReader<T>
    {
        public T Current => stream.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => pulse.HeardAsync(stream.MoveNext(cancellationToken));
    }
}
