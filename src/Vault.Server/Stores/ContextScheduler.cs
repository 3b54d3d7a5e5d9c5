namespace Vault.Server.Stores;

/// <summary>Everything on one synchronisation context: a simulation's or a test's pump.</summary>
public sealed class ContextScheduler(SynchronizationContext context) : IRelayScheduler
{
    public void Post(Action work) => context.Post(static state => ((Action)state!)(), work);

    public IRelayWorker StartWorker(string name, Action drain) => new Worker(this, drain);

    private sealed class Worker(ContextScheduler scheduler, Action drain) : IRelayWorker
    {
        private bool _posted;
        private bool _disposed;

        public void Signal()
        {
            if (!_posted && !_disposed)
            {
                _posted = true;
                scheduler.Post(Run);
            }
        }

        public void Dispose() => _disposed = true;

        private void Run()
        {
            _posted = false;
            if (!_disposed)
            {
                drain();
            }
        }
    }
}
