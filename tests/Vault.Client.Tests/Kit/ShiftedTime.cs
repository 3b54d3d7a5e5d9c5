namespace Vault.Client.Tests.Kit;

/// <summary>A wall clock that stands elsewhere; timers are the real ones.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
