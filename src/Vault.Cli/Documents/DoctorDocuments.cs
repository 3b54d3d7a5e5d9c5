using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>svault.health.doctor/v1. Sound: no check warns or fails.</summary>
internal sealed record DoctorDocument(string Schema, bool Sound, CheckPart[] Checks);

/// <summary>One check.</summary>
internal sealed record CheckPart(string Name, string State, string Text, string? Command, string? Mended)
{
    public static CheckPart Of(CheckView check) =>
        new(check.Name, Names.Of(check.State), check.Text, Documents.Text.OrNull(check.Command), Documents.Text.OrNull(check.Mended));
}
