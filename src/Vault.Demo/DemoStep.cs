namespace Vault.Demo;

/// <summary>One thing that the demo did or saw.</summary>
/// <param name="Name">Stable name, for programs.</param>
/// <param name="Text">What happened, for people.</param>
/// <param name="Milliseconds">How long it took; for a change, until the other device showed it.</param>
/// <param name="Held">Whether it was observed.</param>
/// <param name="Detail">What was seen instead, or a figure. Empty: nothing to add.</param>
internal sealed record DemoStep(string Name, string Text, double Milliseconds, bool Held, string Detail);
