using System.Text;
using System.Text.Json;

namespace Vault.EndToEnd.Tests.People;

/// <summary>How one command ended.</summary>
public sealed record Outcome(string Command, int ExitCode, byte[] Output, string Errors)
{
    /// <summary>Standard output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The one document on standard output.</summary>
    public JsonElement Document => Parse(Text);

    /// <summary>The one document on standard error.</summary>
    public JsonElement ErrorDocument => Parse(Errors);

    /// <summary>Fails with all that the command said, unless it ended as expected.</summary>
    public Outcome Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"svault {Command}\nended with {ExitCode} instead of {exitCode}\n{Text}\n{Errors}");
        return this;
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
