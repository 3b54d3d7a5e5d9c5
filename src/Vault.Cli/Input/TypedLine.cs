using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Spectre.Console;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>
/// A line as typed at the terminal, read key by key: Ctrl-C and Ctrl-D hold at once, where the runtime's own reading of lines
/// waits for Enter. Disposing overwrites it.
/// </summary>
internal sealed class TypedLine : IDisposable
{
    private const int CharactersMax = 1_024;

    private readonly char[] _typed = new char[CharactersMax];
    private int _length;

    private TypedLine()
    {
    }

    /// <summary>What was typed until Enter or Ctrl-D.</summary>
    public ReadOnlySpan<char> Text => _typed.AsSpan(0, _length);

    /// <summary>It ended with Ctrl-D: nobody answers.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Asks on standard error, and reads the answer.</summary>
    /// <param name="question">As it is written.</param>
    /// <param name="echo">What is typed is shown.</param>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    /// <exception cref="AgentException">LIMIT: more than 1,024 characters.</exception>
    public static TypedLine Read(string question, bool echo)
    {
        var line = new TypedLine();
        // Ctrl-C as a key: the terminal gets its echo back before the program ends. This also turns the echo off, and does so
        // before anybody is asked: who types at once is not shown.
        Console.TreatControlCAsInput = true;
        try
        {
            Console.Error.Write(question);
            while (line.Take(Console.ReadKey(intercept: true), echo))
            {
            }

            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
            Console.Error.WriteLine();
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_typed.AsSpan()));

    // False: the line has ended.
    private bool Take(ConsoleKeyInfo key, bool echo)
    {
        switch (key)
        {
            case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                throw new OperationCanceledException();
            case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }:
                IsGivenUp = true;
                return false;
            case { Key: ConsoleKey.Enter }:
                return false;
            case { Key: ConsoleKey.Backspace }:
                Erase(echo);
                return true;
            default:
                Append(key.KeyChar, echo);
                return true;
        }
    }

    private void Append(char typed, bool echo)
    {
        if (char.IsControl(typed))
        {
            return;
        }

        if (_length == CharactersMax)
        {
            throw new AgentException(ExitCode.Limit, $"That is longer than {CharactersMax} characters.");
        }

        _typed[_length++] = typed;
        if (echo)
        {
            Console.Error.Write(typed);
        }
    }

    // Of a pair that makes one character, both go.
    private void Erase(bool echo)
    {
        var last = _length >= 2 && char.IsLowSurrogate(_typed[_length - 1]) ? 2 : Math.Min(1, _length);
        if (echo)
        {
            var cells = new string(_typed, _length - last, last).GetCellWidth();
            Console.Error.Write(new string('\b', cells) + new string(' ', cells) + new string('\b', cells));
        }

        _length -= last;
    }
}
