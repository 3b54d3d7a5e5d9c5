using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Maintenance;
using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>
/// What an operator does beside running: back up and check while the relay runs; restore, cut and pick while it does not; open
/// and close the recovery window in both cases.
/// </summary>
internal sealed class MaintenanceCommands(TimeProvider time)
{
    private const string DefaultWindow = "24h";

    private readonly Option<string?> _data = new("--data") { Description = "Data directory. Default: the state directory, svault/relay." };

    /// <summary>The commands, for the root.</summary>
    public IEnumerable<Command> All() => [Backup(), Restore(), Check(), Window(), Truncate(), Branches(), Pick()];

    private Command Backup()
    {
        var to = new Option<string>("--to") { Description = "File to write; an older backup of that name is replaced at the end.", Required = true };
        return Make("backup", "Copies the database while the relay runs, as it stands at one moment.", [to], (parsed, output) =>
        {
            var file = parsed.GetRequiredValue(to);
            var bytes = Maintenance.Backup.Write(DataDirectory.DatabaseIn(Data(parsed)), file);
            output.WriteLine($"{file}: {bytes} bytes. Certificate and registration code are not in it.");
            return ExitCodes.Ok;
        });
    }

    private Command Restore()
    {
        var from = new Option<string>("--from") { Description = "Backup to restore.", Required = true };
        var force = new Option<bool>("--force") { Description = "Replace a database that is there; it is kept beside the new one." };
        var window = new Option<string>("--window")
        {
            Description = "How long the recovery window stays open: 30m, 24h, 7d, or closed: until it is closed.",
            DefaultValueFactory = _ => DefaultWindow,
        };
        return Make("restore", "Puts a backup in the place of a stopped relay's database, and opens the recovery window.", [from, force, window], (parsed, output) =>
        {
            var now = time.GetUtcNow();
            var until = Until(parsed.GetRequiredValue(window), now);
            var restored = Maintenance.Restore.Run(Data(parsed), parsed.GetRequiredValue(from), parsed.GetValue(force), now, until);
            output.WriteLine($"restored {restored.Bytes} bytes");
            if (restored.Kept is { } kept)
            {
                output.WriteLine($"what was there before: {kept}");
            }

            output.WriteLine(Said(until) + " The relay takes back what members' devices bring and nothing new; they do so by themselves.");
            return ExitCodes.Ok;
        });
    }

    private Command Check()
    {
        var file = new Option<string?>("--file") { Description = "A backup, instead of a data directory." };
        return Make("check", "Verifies every chain and blob, of a running relay too.", [file], (parsed, output) =>
        {
            var path = parsed.GetValue(file) ?? DataDirectory.DatabaseIn(Data(parsed));
            var report = RelayCheck.Run(path);
            foreach (var finding in report.Findings)
            {
                output.WriteLine(finding);
            }

            if (report.Count > report.Findings.Count)
            {
                output.WriteLine($"and {report.Count - report.Findings.Count} more");
            }

            if (parsed.GetValue(file) is null)
            {
                SayWaiting(output, Data(parsed));
            }

            output.WriteLine(
                $"{report.Accounts} accounts with {report.Entries} entries, {report.Groups} groups with {report.Commits} commits, "
                + $"{report.Blobs} blobs of {report.BlobBytes} bytes: {(report.Count == 0 ? "all sound" : $"{report.Count} findings")}");
            return report.Count == 0 ? ExitCodes.Ok : ExitCodes.Findings;
        });
    }

    private Command Window()
    {
        var span = new Option<string>("--for")
        {
            Description = "How long: 30m, 24h, 7d, or closed: until it is closed.",
            DefaultValueFactory = _ => DefaultWindow,
        };
        var window = new Command("window", "The recovery window, in which lost commits are taken back and new ones wait.");
        window.Subcommands.Add(Make("show", "Says whether it is open.", [], (parsed, output) =>
        {
            var directory = Existing(parsed);
            var until = RecoveryWindowFile.Read(directory);
            output.WriteLine(
                IsOpenByRun(directory) ? "The recovery window is open, because the relay was started with --recovery-window: until svault-server window close, or a start without."
                : until is { } end && end > time.GetUtcNow() ? Said(end == DateTimeOffset.MaxValue ? null : end)
                : "The recovery window is closed.");
            return ExitCodes.Ok;
        }));
        window.Subcommands.Add(Make("open", "Opens it, of a running relay within a second.", [span], (parsed, output) =>
        {
            var until = Until(parsed.GetRequiredValue(span), time.GetUtcNow());
            RecoveryWindowFile.Write(Existing(parsed), until);
            // The end that is said last holds. In this order it is never closed in between.
            RecoveryWindowFile.RemoveRun(Existing(parsed));
            output.WriteLine(Said(until));
            return ExitCodes.Ok;
        }));
        window.Subcommands.Add(Make("close", "Closes it, of a running relay within a second.", [], (parsed, output) =>
        {
            var directory = Existing(parsed);
            var isOpenByRun = IsOpenByRun(directory);
            var isOpen = RecoveryWindowFile.Remove(directory);
            output.WriteLine(RecoveryWindowFile.RemoveRun(directory) && isOpenByRun
                ? "The recovery window is closed. A start with --recovery-window opens it again: leave that out from now on."
                : isOpen ? "The recovery window is closed." : "The recovery window was closed already.");
            SayWaiting(output, directory);

            return ExitCodes.Ok;
        }));
        return window;
    }

    private Command Truncate()
    {
        var group = new Option<string>("--group") { Description = "Group, 64 hexadecimal digits.", Required = true };
        var to = new Option<ulong>("--to") { Description = "The commit that becomes the head.", Required = true };
        var yes = Yes();
        return Make("truncate", "Cuts a group's chain of a stopped relay back to a commit; what is cut goes to a file.", [group, to, yes], (parsed, output) =>
        {
            if (!TryParse(parsed.GetRequiredValue(group), out var id))
            {
                throw new MaintenanceException(ExitCodes.Misused, "--group: 64 hexadecimal digits are needed; check names groups so.");
            }

            return Stopped(parsed, (directory, session) =>
            {
                var seq = parsed.GetRequiredValue(to);
                if (!parsed.GetValue(yes))
                {
                    var plan = Truncation.Plan(session, id, seq);
                    output.WriteLine($"{plan.Commits} commits, {plan.To.Seq + 1} to {plan.From.Seq}, would be cut. With --yes they are.");
                    return ExitCodes.Cancelled;
                }

                var cut = Truncation.Run(session, directory, id, seq, time.GetUtcNow());
                output.WriteLine($"{cut.Commits} commits cut, the chain ends at {cut.To.Seq}. They lie in {cut.File}");
                output.WriteLine("Devices that have them do not bring them back: pick does.");
                return ExitCodes.Ok;
            });
        });
    }

    private Command Branches() => Make("branches", "Lists the branches that can be picked: what was cut off, and what members brought in a recovery window.", [], (parsed, output) =>
    {
        var waiting = WaitingBranches.In(Existing(parsed));
        foreach (var file in SuffixFile.In(Existing(parsed)))
        {
            var (group, commits, blobs) = SuffixFile.Read(file);
            // What was cut may be what a check found damaged.
            var from = Canonical.TryParse(GroupBody.Parser, commits[0].Body, out var first) ? $"from {first.Seq} on" : "damaged";
            output.WriteLine(
                $"{file}: group {group}, {commits.Count} commits, {blobs.Count} blobs, {from}, "
                + (!SuffixFile.IsBrought(file) ? "cut off" : waiting.Contains(file) ? "brought in a recovery window" : "brought in a recovery window, stands"));
        }

        return ExitCodes.Ok;
    });

    private Command Pick()
    {
        var from = new Option<string>("--from") { Description = "The file with the branch.", Required = true };
        var yes = Yes();
        return Make("pick", "Makes a branch the chain of a stopped relay; what stood in its place goes to a file.", [from, yes], (parsed, output) =>
            Stopped(parsed, (directory, session) =>
            {
                if (!parsed.GetValue(yes))
                {
                    var (group, commits, _) = SuffixFile.Read(parsed.GetRequiredValue(from));
                    output.WriteLine($"{commits.Count} commits of group {group} would become its chain from their predecessor on. With --yes they do.");
                    return ExitCodes.Cancelled;
                }

                var picked = Maintenance.Pick.Run(session, directory, parsed.GetRequiredValue(from), time.GetUtcNow());
                output.WriteLine($"{picked.Commits} commits taken, the chain ends at {picked.Head.Seq}.");
                if (picked.Cut is { } cut)
                {
                    output.WriteLine($"{cut.Commits} commits made room. They lie in {cut.File}");
                }

                foreach (var settled in picked.Settled)
                {
                    output.WriteLine($"The file is now {settled}");
                }

                return ExitCodes.Ok;
            }));
    }

    private Command Make(string name, string description, Option[] options, Func<ParseResult, TextWriter, int> run)
    {
        var command = new Command(name, description);
        foreach (var option in options.Prepend(_data))
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            try
            {
                return run(parsed, parsed.InvocationConfiguration.Output);
            }
            catch (MaintenanceException e)
            {
                parsed.InvocationConfiguration.Error.WriteLine(e.Message);
                return e.ExitCode;
            }
            catch (StoreUnavailableException e)
            {
                parsed.InvocationConfiguration.Error.WriteLine(e.Message);
                return e.IsTaken ? ExitCodes.Busy : ExitCodes.Failed;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                parsed.InvocationConfiguration.Error.WriteLine(e.Message);
                return ExitCodes.Failed;
            }
            catch (SqliteException e)
            {
                var problem = RelayFile.Explain(DataDirectory.DatabaseIn(Data(parsed)), e);
                parsed.InvocationConfiguration.Error.WriteLine(problem.Message);
                return problem.ExitCode;
            }
        });
        return command;
    }

    private int Stopped(ParseResult parsed, Func<string, SqliteSession, int> run)
    {
        var database = DataDirectory.DatabaseIn(Existing(parsed));
        using var directory = DataDirectory.Take(Data(parsed));
        using var session = RelayFile.OpenWritable(database);
        return run(directory.Path, session);
    }

    private string Data(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(_data) ?? DataDirectory.DefaultPath());

    private string Existing(ParseResult parsed) => Data(parsed) is var path && Directory.Exists(path)
        ? path
        : throw new MaintenanceException(ExitCodes.NotFound, $"{path}: no such directory.");

    // What a relay that was killed leaves behind opens nothing: the next start writes anew.
    private static bool IsOpenByRun(string directory) => RecoveryWindowFile.IsOpenByRun(directory) && DataDirectory.IsTaken(directory);

    private static void SayWaiting(TextWriter output, string directory)
    {
        if (WaitingBranches.Said(directory) is { Length: > 0 } waiting)
        {
            output.WriteLine(waiting);
        }
    }

    private static Option<bool> Yes() => new("--yes") { Description = "Do it; without, say what would be done." };

    private static DateTimeOffset? Until(string window, DateTimeOffset now) => window == "closed" ? null
        : Span.TryParse(window, out var span) ? now + span
        : throw new MaintenanceException(ExitCodes.Misused, $"{window}: a span is needed, such as 30m, 24h or 7d, or the word closed.");

    private static string Said(DateTimeOffset? until) => until is { } end
        ? string.Create(CultureInfo.InvariantCulture, $"The recovery window is open until {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; svault-server window close ends it.")
        : "The recovery window is open until: svault-server window close";

    private static bool TryParse(string text, out GroupId group)
    {
        group = default;
        if (text.Length != 2 * Hash32.Size || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        group = GroupId.Parse(Convert.FromHexString(text));
        return true;
    }
}
