using System.Security.Cryptography;
using System.Text;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>Questions to the person at the terminal. They are written to standard error, so that answers stay clean.</summary>
internal sealed class Prompt(bool allowed, bool confirmed)
{
    private const int SecretCharactersMax = 1_024;

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

        Console.Error.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
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

        Console.Error.Write(fallback.Length > 0 ? $"{label} [{fallback}]: " : $"{label}: ");
        var line = Console.ReadLine()?.Trim() ?? throw new OperationCanceledException();
        return line.Length > 0 ? line : fallback.Length > 0 ? fallback : throw Usage.Wrong($"{label} is missing.", $"Give {option}.");
    }

    /// <summary>A secret, without echo, as UTF-8. The caller wipes it.</summary>
    public byte[] Secret(string label, string option)
    {
        if (!IsPossible)
        {
            throw Usage.Wrong($"{label} is missing, and nobody can be asked.", $"Give {option}.");
        }

        var typed = new char[SecretCharactersMax];
        var length = 0;
        // Ctrl-C as a key: the terminal gets its echo back before the program ends. This also turns the echo off, and does so
        // before anybody is asked: who types at once is not shown.
        Console.TreatControlCAsInput = true;
        try
        {
            Console.Error.Write($"{label}: ");
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                if (key is { Key: ConsoleKey.C or ConsoleKey.D, Modifiers: ConsoleModifiers.Control })
                {
                    throw new OperationCanceledException();
                }

                if (key.Key == ConsoleKey.Enter)
                {
                    break;
                }

                if (key.Key == ConsoleKey.Backspace)
                {
                    length = Math.Max(0, length - 1);
                }
                else if (!char.IsControl(key.KeyChar))
                {
                    if (length == SecretCharactersMax)
                    {
                        throw new AgentException(ExitCode.Limit, $"{label} is longer than {SecretCharactersMax} characters.");
                    }

                    typed[length++] = key.KeyChar;
                }
            }

            return Encoding.UTF8.GetBytes(typed, 0, length);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(typed.AsSpan()));
            Console.Error.WriteLine();
        }
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
