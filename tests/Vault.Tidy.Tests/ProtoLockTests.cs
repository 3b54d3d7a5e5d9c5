namespace Vault.Tidy.Tests;

/// <summary>
/// protos/lock.txt is what has been promised on the wire and in stored bytes. A change shows in review as a change of
/// that file: an added line is an addition, a removed or altered one breaks whoever still speaks it.
/// </summary>
public sealed class ProtoLockTests
{
    private const string Document = "protos/lock.txt";
    private const string WriteVariable = "VAULT_WRITE_LOCK";

    [Fact]
    public void The_compiled_protos_are_those_of_the_lock()
    {
        var compiled = Lines(ProtoSchema.Describe(ProtoSchema.Files));
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllLines(Repository.PathOf(Document), compiled);
        }
        var locked = Repository.Exists(Document) ? Repository.Lines(Document) : [];
        if (!locked.SequenceEqual(compiled))
        {
            var gone = Sectioned(locked).Except(Sectioned(compiled)).Select(l => "- " + l);
            var added = Sectioned(compiled).Except(Sectioned(locked)).Select(l => "+ " + l);
            Assert.Fail($"""
                The compiled protos differ from {Document}:
                {string.Join("\n", gone.Concat(added))}
                If the change is meant and no peer or stored byte depends on what is gone, rewrite the lock with
                {WriteVariable}=1 dotnet test --project tests/Vault.Tidy.Tests
                """);
        }
    }

    [Fact]
    public void Every_proto_file_is_compiled_and_locked()
    {
        var compiled = ProtoSchema.Files.Select(f => "protos/" + f.Name);
        Assert.Equal(Repository.FilesUnder("protos", ".proto").Order(StringComparer.Ordinal), compiled.Order(StringComparer.Ordinal));
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    /// <summary>Each line with the name of its section, so that a difference says where it is.</summary>
    private static IEnumerable<string> Sectioned(string[] lines)
    {
        var section = "";
        foreach (var line in lines.Where(l => l.Length > 0))
        {
            if (line.StartsWith(' '))
            {
                yield return $"{section}: {line.Trim()}";
            }
            else
            {
                section = line;
                yield return line;
            }
        }
    }
}
