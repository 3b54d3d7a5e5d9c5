using System.CommandLine;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Tests.Kit;

/// <summary>A data directory with a relay's database in it, and an operator who runs commands on it.</summary>
internal sealed class RelayFiles : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public RelayFiles() => Directory.CreateDirectory(Data);

    public string Data => Of("data");

    public string Database => Path.Combine(Data, "relay.db");

    public string Of(string name) => Path.Combine(_directory.Path, name);

    /// <summary>Runs a relay on the database, for as long as the test inside takes.</summary>
    public void Relay(Func<RelayWorld, Task> test, Func<RelayOptions, RelayOptions>? change = null) =>
        RelayWorld.Run(test, change, SqliteLocation.File(Database), Data);

    /// <summary>A group with everything that leaves rows: members, one of them former, invites open and closed, blobs live and superseded.</summary>
    public static async Task<(Person Owner, Session Session, Circle Circle)> LiveAsync(RelayWorld world)
    {
        var (owner, session, circle) = await world.FoundAsync();
        var item = ItemId.Parse(world.Random.Bytes(16));
        await world.PushAsync(session, circle.Put(owner, item));
        await world.PushAsync(session, circle.Put(owner, item));
        var (editor, _) = await world.AddAsync(session, owner, circle, Role.Editor);
        var (leaver, theirs) = await world.AddAsync(session, owner, circle, Role.Admin);
        await world.PushAsync(session, circle.Put(owner));
        await world.PushAsync(theirs, circle.Invite(leaver, Crypto.SigningKey.Create(world.Random), Role.Viewer));
        await world.PushAsync(session, circle.Invite(owner, Crypto.SigningKey.Create(world.Random), Role.Viewer));
        await world.PushAsync(session, circle.Remove(owner, leaver, owner, editor));
        await world.PushAsync(session, circle.Put(owner));
        return (owner, session, circle);
    }

    /// <summary>Runs a command of the relay's program.</summary>
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var parsed = ServerCommand.Create().Parse(arguments);
        Assert.Empty(parsed.Errors);
        var code = parsed.Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Runs a command that must end with a code; what it said.</summary>
    public static string Expect(int exitCode, params string[] arguments)
    {
        var (code, output, errors) = Run(arguments);
        Assert.True(code == exitCode, $"{string.Join(' ', arguments)}\nended with {code} instead of {exitCode}\n{output}\n{errors}");
        return output + errors;
    }

    public string Check() => Expect(0, "check", "--data", Data);

    /// <summary>Whether a file is for its owner alone.</summary>
    public static bool IsPrivate(string file) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Changes the database behind the program's back.</summary>
    public int Tamper(string sql)
    {
        using var connection = new SqliteConnection(SqliteLocation.File(Database).ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Every row that says something of groups, as text. Not what the relay itself counts: changes, beats and times.</summary>
    public string Dump()
    {
        using var connection = new SqliteConnection(SqliteLocation.File(Database).ConnectionString);
        connection.Open();
        var dump = new StringBuilder();
        foreach (var sql in (string[])
        [
            "SELECT grp, seq, id, bytes FROM groups ORDER BY grp", "SELECT * FROM commits ORDER BY grp, seq",
            "SELECT grp, hash, size, content, names FROM blobs ORDER BY grp, hash",
            "SELECT account, grp, ended_seq, ended_id FROM members ORDER BY account, grp", "SELECT * FROM invites ORDER BY invite",
        ])
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var columns = Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : $"{reader.GetValue(i)}");
                dump.AppendJoin('|', columns).Append('\n');
            }
        }

        return dump.ToString();
    }

    public void Dispose() => _directory.Dispose();
}
