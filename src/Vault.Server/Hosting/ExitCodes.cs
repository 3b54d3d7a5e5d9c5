namespace Vault.Server.Hosting;

/// <summary>How a command ends; the numbers are those of <c>svault</c>.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Misused = 2;
    public const int NotFound = 4;
    public const int Conflict = 8;
    public const int Damaged = 12;
    public const int Findings = 13;
    public const int Cancelled = 14;
    public const int Busy = 16;
    public const int Newer = 18;
}
