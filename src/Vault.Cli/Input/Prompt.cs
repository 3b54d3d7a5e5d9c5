using System.Security.Cryptography;
using System.Text;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>Questions to the person at the terminal. They are written to standard error, so that answers stay clean.</summary>
internal sealed class Prompt(bool allowed, bool confirmed)
{
    /// <summary>There is somebody to ask.</summary>
    public bool IsPossible => allowed && !Console.IsInputRedirected;

    /// <summary>Yes or no. Without somebody to ask it is no, unless the command line said yes.</summary>
    public void Confirm(string question)
    {
        if (confirmed)
        {
            return;
        }

        if (!IsPossible)
        {
            throw new AgentException(ExitCode.Cancelled, "This needs a confirmation, and nobody can be asked.", "Add --yes.");
        }

        using var answer = TypedLine.Read($"{question} [y/N] ", echo: true);
        if (answer.IsGivenUp || answer.Text.Trim() is not ("y" or "Y" or "yes"))
        {
            throw new AgentException(ExitCode.Cancelled, "Nothing was changed.");
        }
    }

    /// <summary>A line, with a default when there is one.</summary>
    public string Line(string label, string option, string fallback = "")
    {
        if (!IsPossible)
        {
            return fallback.Length > 0 ? fallback : throw Usage.Wrong($"{label} is missing.", $"Give {option}.");
        }

        using var typed = TypedLine.Read(fallback.Length > 0 ? $"{label} [{fallback}]: " : $"{label}: ", echo: true);
        var line = typed.IsGivenUp ? throw new OperationCanceledException() : typed.Text.Trim().ToString();
        return line.Length > 0 ? line : fallback.Length > 0 ? fallback : throw Usage.Wrong($"{label} is missing.", $"Give {option}.");
    }

    /// <summary>A secret, without echo, as UTF-8. The caller wipes it.</summary>
    public byte[] Secret(string label, string option)
    {
        if (!IsPossible)
        {
            throw Usage.Wrong($"{label} is missing, and nobody can be asked.", $"Give {option}.");
        }

        using var typed = TypedLine.Read($"{label}: ", echo: false);
        if (typed.IsGivenUp)
        {
            throw new OperationCanceledException();
        }

        var secret = new byte[Encoding.UTF8.GetByteCount(typed.Text)];
        Encoding.UTF8.GetBytes(typed.Text, secret);
        return secret;
    }

    /// <summary>A new secret, typed twice.</summary>
    public byte[] NewSecret(string label, string option)
    {
        var first = Secret(label, option);
        var second = Secret($"{label}, again", option);
        var same = first.AsSpan().SequenceEqual(second);
        CryptographicOperations.ZeroMemory(second);
        if (!same)
        {
            CryptographicOperations.ZeroMemory(first);
            throw Usage.Wrong("The two are not the same.");
        }

        return first;
    }
}
