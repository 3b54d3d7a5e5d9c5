using Microsoft.Data.Sqlite;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Sync;

/// <summary>Rows that a disk damaged: whatever cannot be read ends no loop and keeps no group from being pulled.</summary>
public sealed class DamagedRowsTests
{
    [Fact]
    public Task What_cannot_be_read_on_disk_ends_no_loop_and_hides_no_change() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            await scene.PhoneAddsAsync("before");
            await scene.UntilAsync(() => scene.Ann.Client.Items.List(scene.Group).Count == 2);
            await scene.Ann.Client.DisposeAsync();
            Damage(
                scene,
                "UPDATE attestation SET bytes = x'ffff'",
                "INSERT INTO attestation (grp, device, counter, bytes) VALUES ($g, randomblob(32), 7, x'ffff')",
                "INSERT INTO journal (id, grp, seq, entry, ops, blobs, state) VALUES (randomblob(32), $g, 1000, x'ffff', x'01', x'ffff', 0)",
                "INSERT INTO outbox (op_id, grp, item, edit_box, state, fault) VALUES (randomblob(16), $g, randomblob(16), x'ffff', 1, x'ffff')");
            await scene.PhoneAddsAsync("meanwhile");

            await scene.Ann.RestartAsync();
            await scene.Ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
            scene.Ann.Client.Sync.Start();
            await scene.UntilAsync(() => scene.Ann.Client.Items.List(scene.Group).Count == 3);
            await scene.UntilAsync(() => scene.Status.Fault?.Code == FaultCode.ReplicaChanged);
            var polls = scene.Polls;
            await scene.UntilAsync(() => scene.Polls > polls + 2);
            Assert.True(scene.Ann.Client.Sync.IsRunning);
        },
        options => options with { PollInterval = TimeSpan.FromMilliseconds(300) });

    private static void Damage(ContractScene scene, params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(scene.Ann.Home, "replica.sqlite")};Pooling=False");
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
            command.CommandText = statement;
#pragma warning restore CA2100
            command.Parameters.AddWithValue("$g", scene.Group.ToArray());
            Assert.True(command.ExecuteNonQuery() > 0, statement);
        }
    }
}
