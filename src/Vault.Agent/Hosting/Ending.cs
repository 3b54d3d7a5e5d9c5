namespace Vault.Agent.Hosting;

/// <summary>How this process image is to end. The first word holds.</summary>
internal sealed class Ending
{
    private readonly TaskCompletionSource<EndingKind> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<EndingKind> Decided => _decided.Task;

    public void Decide(EndingKind kind) => _decided.TrySetResult(kind);
}

/// <summary>The ways a process image ends.</summary>
internal enum EndingKind
{
    /// <summary>The agent stops.</summary>
    Stop,

    /// <summary>A new image takes its place, without the keys.</summary>
    Replace,
}
