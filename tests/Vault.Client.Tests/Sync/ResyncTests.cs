using Microsoft.Data.Sqlite;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Sync;

/// <summary>
/// A change token that means nothing, on a device with fifty edits that wait: each edit arrives, each deletion is found, nothing that
/// is here is fetched again, and what waits or is evidence stays byte for byte.
/// </summary>
public sealed class ResyncTests
{
    private const int Kept = 20;
    private const int Gone = 10;
    private const int Edits = 50;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("of another group")]
    [InlineData("of another relay")]
    [InlineData("of nobody")]
    [InlineData("too short")]
    [InlineData("lost")]
    public Task A_meaningless_token_costs_no_edit_no_deletion_and_no_blob_twice(string kind) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var home = await Home.MakeAsync(relay);
        await home.LeaveWithEditsAsync();
        await home.DeleteAsync();
        var token = kind switch
        {
            "of another group" => (byte[])home.Sql("SELECT token FROM grp WHERE id<>$g AND token IS NOT NULL")[0][0],
            "of another relay" => await TokenOfAnotherRelayAsync(),
            "of nobody" => System.Security.Cryptography.RandomNumberGenerator.GetBytes(((byte[])home.Sql("SELECT token FROM grp WHERE id=$g")[0][0]).Length),
            "too short" => ((byte[])home.Sql("SELECT token FROM grp WHERE id=$g")[0][0])[..20],
            _ => null,
        };
        home.Sql("UPDATE grp SET token=$t WHERE id=$g", token);
        await home.ReturnAndCheckAsync();
    });

    [Fact]
    public Task A_relay_restored_to_where_the_token_means_nothing_costs_no_edit_no_deletion_and_no_blob_twice() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var home = await Home.MakeAsync(relay);
        var backup = await relay.BackupAsync();
        await home.PhoneAddsAsync("after the backup");
        await home.LeaveWithEditsAsync();
        await relay.DownAsync();
        relay.Restore(backup);
        await relay.UpAsync();
        await home.ReturnAndCheckAsync(home.DeleteAsync);
    });

    [Fact]
    public Task A_relay_that_was_wiped_costs_no_edit_no_deletion_and_no_blob_twice() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var home = await Home.MakeAsync(relay);
        await home.LeaveWithEditsAsync();
        await home.DeleteAsync();
        await relay.LoseAsync();

        // The laptop fills it as far as it knows, and the phone, which deleted since, brings the rest.
        await home.ReturnAndCheckAsync(async () =>
        {
            await home.PhoneSyncsAsync();
            await relay.CloseWindowAsync();
            await home.PhoneSyncsAsync();
        });
    });

    [Fact]
    public Task A_conflict_copy_is_one_item_before_and_after_a_resync() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var home = await Home.MakeAsync(relay);
        await home.CollideAsync();
        await home.LeaveWithEditsAsync();
        await home.DeleteAsync();
        home.Sql("UPDATE grp SET token=$t WHERE id=$g", null);
        await home.ReturnAndCheckAsync();
        await home.CheckConflictAsync();
    });

    private static async Task<byte[]> TokenOfAnotherRelayAsync()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var stranger = await TestPerson.RegisterAsync(relay, "Stranger");
        await stranger.Client.Sync.SyncAsync();
        var group = Personal(stranger);
        await stranger.Client.DisposeAsync();
        return (byte[])Rows(stranger.Home, "SELECT token FROM grp WHERE id=$g", group, null)[0][0];
    }

    private static List<object[]> Rows(string home, string sql, GroupId group, byte[]? token)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(home, "replica.sqlite")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$g", group.ToArray());
        command.Parameters.AddWithValue("$t", (object?)token ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Ann's laptop, which leaves with edits and comes back, and her phone, which stays.</summary>
    private sealed class Home : IAsyncDisposable
    {
        private static readonly string[] Untouched =
        [
            "SELECT * FROM outbox ORDER BY place", "SELECT * FROM fork ORDER BY grp, seq", "SELECT * FROM journal ORDER BY place",
            "SELECT * FROM setting ORDER BY name", "SELECT * FROM account_entry ORDER BY account, seq",
        ];

        private static readonly string[] OnlyAdded =
        [
            "SELECT * FROM group_commit WHERE grp=$g ORDER BY seq", "SELECT grp, hash, content FROM blob WHERE grp<>$g ORDER BY grp, hash",
        ];

        private readonly TestPerson _ann;
        private readonly TestPerson _phone;
        private readonly Line _line;
        private readonly GroupId _group;
        private readonly List<ItemId> _kept = [];
        private readonly List<ItemId> _gone = [];
        private readonly List<string> _expected = [];

        private Home(TestPerson ann, TestPerson phone, Line line) => (_ann, _phone, _line, _group) = (ann, phone, line, Personal(ann));

        public static async Task<Home> MakeAsync(TestRelay relay)
        {
            var line = new Line();
            var ann = await TestPerson.RegisterAsync(relay, "Ann", line.Seams());
            await ann.Client.Groups.CreateAsync("another group");
            var phone = TestPerson.New();
            await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
            var home = new Home(ann, phone, line);
            for (var i = 0; i < Kept; i++)
            {
                home._kept.Add(await home.PhoneAddsAsync($"kept {i}"));
            }

            for (var i = 0; i < Gone; i++)
            {
                home._gone.Add(await home.PhoneAddsAsync($"gone {i}"));
            }

            return home;
        }

        public async Task<ItemId> PhoneAddsAsync(string title)
        {
            var added = _phone.Client.Items.Add(_group, Login(title));
            Assert.Equal(EditState.Saved, (await _phone.Client.Items.WaitAsync(added, Soon)).State);
            return added.Item;
        }

        public async Task PhoneSyncsAsync() => await _phone.Client.Sync.SyncAsync();

        /// <summary>Both change one field of one item, the phone first.</summary>
        public async Task CollideAsync()
        {
            await _ann.Client.Sync.SyncAsync();
            var mine = _ann.Client.Items.Edit(_group, _kept[^1], item => ItemTemplates.Set(item, "password", "laptop"));
            var theirs = _phone.Client.Items.Edit(_group, _kept[^1], item => ItemTemplates.Set(item, "password", "phone"));
            Assert.Equal(EditState.Saved, (await _phone.Client.Items.WaitAsync(theirs, Soon)).State);
            Assert.Equal(EditState.Saved, (await _ann.Client.Items.WaitAsync(mine, Soon)).State);
            _expected.Add(Assert.Single(_ann.Client.Items.Conflicts(_group)).Copy.Item.Title);
        }

        public async Task CheckConflictAsync()
        {
            await _ann.Client.Sync.SyncAsync();
            foreach (var client in (VaultClient[])[_ann.Client, _phone.Client])
            {
                var copy = Assert.Single(client.Items.List(_group), found => found.ConflictOf == _kept[^1]);
                Assert.Equal("phone", ItemTemplates.ValueOf(copy.Item, "password"));
                Assert.Equal("laptop", ItemTemplates.ValueOf(client.Items.Get(_group, _kept[^1]).Item, "password"));

                // And the edit that met a deletion.
                Assert.Equal(2, client.Sync.Status(_group).Conflicts);
            }
        }

        /// <summary>Ann's laptop is current, goes offline, takes fifty edits, and is closed.</summary>
        public async Task LeaveWithEditsAsync()
        {
            await _ann.Client.Sync.SyncAsync();
            _line.IsCut = true;
            await Assert.ThrowsAsync<VaultException>(() => _ann.Client.Sync.SyncAsync());
            for (var i = 0; i < Edits; i++)
            {
                var title = $"edited {i}";
                _expected.Add(title);
                if (i < Kept)
                {
                    _ann.Client.Items.Edit(_group, _kept[i], item => item.Title = title);
                }
                else if (i == Kept)
                {
                    // An edit that meets a deletion becomes an item of its own.
                    _ann.Client.Items.Edit(_group, _gone[0], item => item.Title = title);
                }
                else
                {
                    _ann.Client.Items.Add(_group, Login(title));
                }
            }

            await _ann.Client.DisposeAsync();
            Sql("INSERT INTO fork (grp, seq, ours, theirs) VALUES (randomblob(32), 7, x'01', x'02')");
        }

        /// <summary>The phone deletes for good, and adds.</summary>
        public async Task DeleteAsync()
        {
            foreach (var item in _gone)
            {
                Assert.Equal(EditState.Saved, (await _phone.Client.Items.WaitAsync(_phone.Client.Items.Delete(_group, item), Soon)).State);
            }

            await PhoneAddsAsync("new");
        }

        public List<object[]> Sql(string sql, byte[]? token = null) => Rows(_ann.Home, sql, _group, token);

        public async Task ReturnAndCheckAsync(Func<Task>? meanwhile = null)
        {
            var untouched = Untouched.Select(Dump).ToList();
            var onlyAdded = OnlyAdded.Select(Dump).ToList();
            var had = Sql("SELECT hash FROM blob WHERE grp=$g").Select(row => Convert.ToHexString((byte[])row[0])).ToHashSet();
            Assert.True(had.Count >= Kept + Gone);
            var (fetched, commits) = (new List<string>(), 0);
            _line.IsCut = false;
            _line.Hold = answer =>
            {
                commits += (answer as PullResponse)?.Commits.Count ?? 0;
                var blobs = (answer as PullResponse)?.Commits.SelectMany(record => record.Blobs) ?? (answer as GetBlobsResponse)?.Blobs.AsEnumerable() ?? [];
                fetched.AddRange(blobs.Select(blob => Convert.ToHexString(BlobHashes.Of(blob.Content.Span).ToArray())));
                return Task.CompletedTask;
            };

            // Locked, so that nothing is sent yet: what a resync leaves alone can be compared.
            await _ann.RestartAsync();
            await _ann.Client.Sync.SyncAsync();
            if (meanwhile is not null)
            {
                await meanwhile();
                await _ann.Client.Sync.SyncAsync();
            }

            Assert.True(_ann.Client.Sync.Status(_group).IsFresh, _ann.Client.Sync.Status(_group).ToString());
            Assert.Equal(Edits, _ann.Client.Sync.Status(_group).Pending);
            Assert.Equal(_phone.Client.Sync.Status(_group).VerifiedSeq, _ann.Client.Sync.Status(_group).VerifiedSeq);
            await _ann.Client.DisposeAsync();
            Assert.Equal(untouched, Untouched.Select(Dump));
            Assert.All(onlyAdded.Zip(OnlyAdded.Select(Dump)), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
            Assert.Single(fetched);
            Assert.Empty(fetched.Intersect(had));

            // The commits that were missing, and no chain from its beginning.
            Assert.InRange(commits, 0, 4 * (Gone + 2));

            await _ann.RestartAsync();
            await _ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            for (var round = 0; _ann.Client.Sync.Status(_group).Pending > 0; round++)
            {
                Assert.True(round < 20, _ann.Client.Sync.Status(_group).ToString());
                await _ann.Client.Sync.SyncAsync();
            }

            await _phone.Client.Sync.SyncAsync();
            Assert.Equal(
                _expected.Append("new").Order(StringComparer.Ordinal),
                _phone.Client.Items.List(_group).Select(item => item.Item.Title).Where(title => title != "after the backup").Order(StringComparer.Ordinal));
            Assert.Empty(fetched.Intersect(had));
        }

        public async ValueTask DisposeAsync()
        {
            _line.Hold = null;
            await _phone.DisposeAsync();
            await _ann.DisposeAsync();
        }

        private string Dump(string sql) => string.Join(
            '\n', Sql(sql).Select(row => string.Join('|', row.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : value.ToString()))));
    }
}
