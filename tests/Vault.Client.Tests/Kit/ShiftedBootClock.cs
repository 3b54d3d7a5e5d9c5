using Vault.Core.Seams;

namespace Vault.Client.Tests.Kit;

/// <summary>The machine's boot clock, moved on by hand.</summary>
internal sealed class ShiftedBootClock : IBootClock
{
    private readonly SystemBootClock _real = new();

    public TimeSpan Shift { get; set; }

    public TimeSpan Elapsed => _real.Elapsed + Shift;
}
