namespace Vault.Tidy.Tests;

/// <summary>A rule about many files fails with every finding on a line of its own, not with the first few of a collection.</summary>
internal static class Findings
{
    public static void None(IEnumerable<string> findings)
    {
        var all = findings.ToArray();
        if (all.Length > 0)
        {
            Assert.Fail(string.Join('\n', all.Prepend($"{all.Length} found:")));
        }
    }
}
