using System.Runtime;
using System.Runtime.InteropServices;

namespace Vault.Benchmarks.Servers;

/// <summary>On SIGHUP a server gives back what it does not use, so that its resident size says what it holds and not when it last collected.</summary>
internal sealed class Compaction : IDisposable
{
    private readonly PosixSignalRegistration _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    });

    public void Dispose() => _signal.Dispose();
}
