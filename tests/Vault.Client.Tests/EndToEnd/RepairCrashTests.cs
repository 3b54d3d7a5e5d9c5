using Microsoft.Data.Sqlite;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using static Vault.Client.Tests.Kit.ForkedFamily;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A device that dies before or after any COMMIT while it keeps its side of a fork, or gives a relay back what that lost.</summary>
public sealed class RepairCrashTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_crash_while_the_own_side_is_kept_leaves_the_fork_or_the_choice_whole() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, group) = (family.Ann, family.Group);

        // Another device of Ann's verified the other side, and recorded it: the choice moves that record too.
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(family.Relay.Address));
        for (var i = 0; i < 66; i++)
        {
            await AddAsync(phone, group, $"by phone {i}");
        }

        await phone.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        await ann.Client.DisposeAsync();
        var (asBefore, asAfter) = (0, 0);
        for (var at = 0; ; at++)
        {
            var crash = new CrashAt(1 + (at / 2), after: at % 2 == 1);
            await using var copy = TestPerson.CopyOf(ann, TestPerson.Seams() with { CommitProbe = crash });
            await copy.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            crash.Armed = true;
            try
            {
                await copy.Client.Forks.AdoptMineAsync(group);
            }
            catch (CrashException)
            {
            }

            await ClosedAsync(copy);
            var died = crash.Died;
            crash.Armed = false;
            var (choice, record) = (Count(copy, "SELECT count(*) FROM fork WHERE choice=1"), Count(copy, "SELECT count(*) FROM outbox"));
            Assert.Equal(choice, record);
            (asBefore, asAfter) = choice == 0 ? (asBefore + 1, asAfter) : (asBefore, asAfter + 1);
            await using var again = TestPerson.CopyOf(copy);
            await again.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            Assert.Equal(FreshnessState.Forked, again.Client.Sync.Status(group).State);
            await again.Client.Forks.AdoptMineAsync(group);
            Assert.Equal(["both", "new on Ann's side", "not for Carl"], Titles(again, group));
            await again.Client.DisposeAsync();
            Assert.Equal((1, 1), (Count(again, "SELECT count(*) FROM fork WHERE choice=1"), Count(again, "SELECT count(*) FROM outbox")));
            if (!died)
            {
                break;
            }
        }

        Assert.True(asBefore >= 1 && asAfter >= 2, $"{asBefore}, {asAfter}");
        await ann.RestartAsync();
    });

    [Fact]
    public Task A_crash_while_an_emptied_relay_is_filled_loses_nothing_and_the_next_start_goes_on() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        for (var i = 0; i < 3; i++)
        {
            await AddAsync(ann, family, $"item {i}");
        }

        await relay.DownAsync();
        ann.Client.Items.Add(family, Login("waits"));
        await ann.Client.DisposeAsync();
        var crashes = 0;
        for (var at = 0; ; at++)
        {
            await relay.LoseAsync();
            var crash = new CrashAt(1 + (at / 2), after: at % 2 == 1);
            await using var copy = TestPerson.CopyOf(ann, TestPerson.Seams() with { CommitProbe = crash });
            await copy.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            crash.Armed = true;
            try
            {
                await copy.Client.Sync.SyncAsync();
                await copy.Client.Sync.SyncAsync();
            }
            catch (CrashException)
            {
                crashes++;
            }

            await ClosedAsync(copy);
            var died = crash.Died;
            crash.Armed = false;
            await using var again = TestPerson.CopyOf(copy);
            await again.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            await again.Client.Sync.SyncAsync();
            await again.Client.Sync.SyncAsync();
            await relay.CloseWindowAsync();
            await again.Client.Sync.SyncAsync();
            Assert.Empty(again.Client.Items.Outbox());

            // A device without memory sees what the relay has.
            await using var tablet = TestPerson.New();
            await tablet.Client.Accounts.LoginAsync(again.LoginOf(relay.Address));
            await tablet.Client.Sync.SyncAsync();
            Assert.Equal(["item 0", "item 1", "item 2", "waits"], Titles(tablet, family));
            if (!died)
            {
                break;
            }
        }

        Assert.True(crashes >= 2, $"{crashes}");
        await ann.RestartAsync();
    });

    private static async Task ClosedAsync(TestPerson person)
    {
        try
        {
            await person.Client.DisposeAsync();
        }
        catch (CrashException)
        {
        }
    }

    private static int Count(TestPerson closed, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(closed.Home, "replica.sqlite")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (int)(long)command.ExecuteScalar()!;
    }

    private static string[] Titles(TestPerson person, GroupId group) =>
        [.. person.Client.Items.List(group).Select(item => item.Item.Title).Order(StringComparer.Ordinal)];
}
