using System.Diagnostics;
using System.Text;

namespace Vault.EndToEnd.Tests.People;

/// <summary>A shell line run at a terminal (of util-linux' <c>script</c>), with somebody who answers its questions.</summary>
public static class Terminal
{
    /// <summary>Runs a line of shell; each answer is typed when its question stands there, a control key without Enter. What the terminal showed.</summary>
    public static async Task<string> RunAsync(string home, string line, params (string Question, string Answer)[] answers)
    {
        var start = Programs.Start("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"]);
        start.Environment["SHELL"] = "/bin/bash";
        start.Environment["TERM"] = "dumb";
        start.Environment["SVAULT_HOME"] = home;
        start.Environment["PATH"] = string.Join(
            ':', Path.GetDirectoryName(Programs.Svault), Path.GetDirectoryName(Programs.Server), Environment.GetEnvironmentVariable("PATH"));
        using var process = Process.Start(start) ?? throw new InvalidOperationException("script does not start.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Programs.Deadline);
        var shown = new StringBuilder();
        try
        {
            var seen = 0;
            foreach (var (question, answer) in answers)
            {
                int at;
                while ((at = shown.ToString().IndexOf(question, seen, StringComparison.Ordinal)) < 0)
                {
                    Assert.True(await ReadAsync(process, shown, limit.Token), $"{line}\nended without asking \"{question}\":\n{shown}");
                }

                seen = at + question.Length;
                var keys = answer is [var key] && char.IsControl(key) ? answer : $"{answer}\r";
                await process.StandardInput.WriteAsync(keys.AsMemory(), limit.Token);
                await process.StandardInput.FlushAsync(limit.Token);
            }

            while (await ReadAsync(process, shown, limit.Token))
            {
            }

            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{line}\nended with {process.ExitCode}:\n{shown}");
            return shown.ToString();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{line}\nstands at:\n{shown}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task<bool> ReadAsync(Process process, StringBuilder shown, CancellationToken cancellationToken)
    {
        var buffer = new char[4_096];
        var read = await process.StandardOutput.ReadAsync(buffer, cancellationToken);
        shown.Append(buffer, 0, read);
        return read > 0;
    }
}
