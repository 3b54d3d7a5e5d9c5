using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Input;

/// <summary>Reads secrets from where the command line said they are. The caller wipes what it gets.</summary>
internal sealed class SecretSources(Prompt ask)
{
    private const int BytesMax = 256 << 10;

    private Stream? _stdin;

    /// <summary>A password or key: one line from its option's source, else asked for.</summary>
    public byte[] Read(Invocation run, SecretOption option, bool isNew = false) =>
        ReadGiven(run, option) ?? (isNew ? ask.NewSecret(Capital(option.Label), option.Usage) : ask.Secret(Capital(option.Label), option.Usage));

    /// <summary>The same, or null when no source is given.</summary>
    public byte[]? ReadGiven(Invocation run, SecretOption option)
    {
        var descriptor = run.Value(option.Descriptor);
        if (run.Value(option.Stdin))
        {
            return descriptor is null
                ? ReadLine(StandardInput(), option.Label)
                : throw Usage.Wrong($"The {option.Label} has two sources.", $"Give {option.Usage}.");
        }

        if (descriptor is null)
        {
            return null;
        }

        using var stream = Open(descriptor.Value);
        return ReadLine(stream, option.Label);
    }

    /// <summary>One line of standard input.</summary>
    public byte[] ReadStandardLine(string label) => ReadLine(StandardInput(), label);

    /// <summary>All of standard input. A single line loses its end; several lines are kept exactly.</summary>
    public byte[] ReadStandardAll(string label) => ReadAll(StandardInput(), label);

    /// <summary>All of a descriptor, likewise.</summary>
    public byte[] ReadDescriptorAll(int descriptor, string label)
    {
        using var stream = Open(descriptor);
        return ReadAll(stream, label);
    }

    private Stream StandardInput() => _stdin ??= Console.OpenStandardInput();

    // Closed after reading, so the agent that this command may start does not inherit it.
    private static FileStream Open(int descriptor)
    {
        if (descriptor < 0)
        {
            throw Usage.Wrong($"{descriptor} is not a descriptor.");
        }

        try
        {
            return new FileStream(new SafeFileHandle(descriptor, ownsHandle: descriptor > 2), FileAccess.Read, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            throw Usage.Wrong($"Descriptor {descriptor} cannot be read: {failure.Message}");
        }
    }

    private static byte[] ReadLine(Stream stream, string label)
    {
        // Byte by byte: what follows the line belongs to the next secret.
        var buffer = new byte[BytesMax];
        var length = 0;
        try
        {
            while (stream.ReadByte() is var next && next is not (-1 or '\n'))
            {
                Require(length < BytesMax, label);
                buffer[length++] = (byte)next;
            }

            if (length > 0 && buffer[length - 1] == '\r')
            {
                length--;
            }

            return length > 0 ? buffer[..length] : throw Usage.Wrong($"The {label} is empty.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static byte[] ReadAll(Stream stream, string label)
    {
        var buffer = new byte[BytesMax + 1];
        var length = 0;
        try
        {
            while (stream.Read(buffer, length, buffer.Length - length) is var read && read > 0)
            {
                length += read;
                Require(length <= BytesMax, label);
            }

            if (buffer.AsSpan(0, length).IndexOf((byte)'\n') == length - 1 && length > 0)
            {
                length--;
                length -= length > 0 && buffer[length - 1] == '\r' ? 1 : 0;
            }

            return length > 0 ? buffer[..length] : throw Usage.Wrong($"The {label} is empty.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static void Require(bool fits, string label)
    {
        if (!fits)
        {
            throw new AgentException(ExitCode.Limit, $"The {label} is longer than {BytesMax >> 10} KiB.");
        }
    }

    private static string Capital(string label) => char.ToUpperInvariant(label[0]) + label[1..];
}
