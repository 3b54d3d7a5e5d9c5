using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>
/// Production: completions go to the thread pool, workers have a thread of their own. The store's writer waits for disks,
/// so it must not take a pool thread from those who answer.
/// </summary>
public sealed class ThreadScheduler : IRelayScheduler
{
    public void Post(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), work, preferLocal: false);

    public IRelayWorker StartWorker(string name, Action drain) => new Worker(name, drain);

    private sealed class Worker : IRelayWorker
    {
        private readonly object _gate = new();
        private readonly Action _drain;
        private readonly Thread _thread;
        private bool _signalled;
        private bool _disposed;

        public Worker(string name, Action drain)
        {
            _drain = drain;
            _thread = new Thread(Run) { Name = name, IsBackground = true };
            _thread.Start();
        }

        public void Signal()
        {
            lock (_gate)
            {
                _signalled = true;
                Monitor.Pulse(_gate);
            }
        }

        /// <summary>Waits for the run that is under way, so that nothing is committed afterwards.</summary>
        public void Dispose()
        {
            lock (_gate)
            {
                _disposed = true;
                Monitor.Pulse(_gate);
            }

            if (Thread.CurrentThread != _thread)
            {
                _thread.Join();
            }
        }

        private void Run()
        {
            while (true)
            {
                lock (_gate)
                {
                    while (!_signalled && !_disposed)
                    {
                        Monitor.Wait(_gate);
                    }

                    if (_disposed)
                    {
                        return;
                    }

                    _signalled = false;
                }

                _drain();
            }
        }
    }
}
