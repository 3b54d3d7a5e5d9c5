namespace Vault.Demo;

/// <summary>A step failed, so what would follow cannot be shown. The report holds the reason.</summary>
internal sealed class DemoEndedException(Exception inner) : Exception(inner.Message, inner);
