namespace Vault.Client.Replicas;

/// <summary>The replica's tables, one migration a version. Ids are raw bytes; numbers are SQLite integers.</summary>
internal static class ReplicaSchema
{
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

        -- Bodies of account chains, the own one and those of others that this device asked for.
        CREATE TABLE account_entry (
            account BLOB NOT NULL, seq INTEGER NOT NULL, entry BLOB NOT NULL,
            PRIMARY KEY (account, seq)) WITHOUT ROWID;

        -- Groups that this device follows. follow: 1 accepted, 2 asked to join, 3 over.
        CREATE TABLE grp (
            id BLOB PRIMARY KEY, follow INTEGER NOT NULL, token BLOB, position INTEGER NOT NULL DEFAULT 0, floor BLOB, opener BLOB,
            update_needed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

        CREATE TABLE group_commit (
            grp BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, entry BLOB NOT NULL,
            PRIMARY KEY (grp, seq)) WITHOUT ROWID;

        CREATE TABLE blob (
            grp BLOB NOT NULL, hash BLOB NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY (grp, hash));

        -- The last head that was authenticated while unlocked.
        CREATE TABLE chain_mac (
            chain BLOB PRIMARY KEY, seq INTEGER NOT NULL, id BLOB NOT NULL, state_hash BLOB NOT NULL, mac BLOB NOT NULL) WITHOUT ROWID;

        -- Edits that the chain does not hold yet, in the order they were made. state: 0 waits, 1 kept aside.
        CREATE TABLE outbox (
            place INTEGER PRIMARY KEY AUTOINCREMENT, op_id BLOB NOT NULL UNIQUE, grp BLOB NOT NULL, item BLOB NOT NULL,
            base_hash BLOB, base_box BLOB, edit_box BLOB, state INTEGER NOT NULL DEFAULT 0, fault BLOB);
        CREATE INDEX outbox_by_item ON outbox (grp, item);

        -- Own signed commits, stored before they are sent. state: 0 sent or about to be, 1 in the chain, 2 overtaken.
        -- It grows for ever, so nothing may scan it: what is in flight, and what may still be needed, have indexes of their own.
        CREATE TABLE journal (
            place INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, grp BLOB NOT NULL, seq INTEGER NOT NULL,
            entry BLOB NOT NULL, ops BLOB NOT NULL, blobs BLOB NOT NULL, state INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX journal_in_flight ON journal (grp, place) WHERE state=0;
        CREATE INDEX journal_kept ON journal (grp, seq) WHERE state=2 AND blobs<>x'';

        CREATE TABLE attestation (
            grp BLOB NOT NULL, device BLOB NOT NULL, counter INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (grp, device)) WITHOUT ROWID;

        -- Two valid signed entries on one prev, of a group or of the own account: grp is the chain's id.
        CREATE TABLE fork (
            grp BLOB NOT NULL, seq INTEGER NOT NULL, ours BLOB NOT NULL, theirs BLOB NOT NULL,
            PRIMARY KEY (grp, seq)) WITHOUT ROWID;
        """,
        """
        -- Former values of items whose blobs are still here. since_ms: wall clock, says only when one may be dropped.
        CREATE TABLE superseded (
            grp BLOB NOT NULL, item BLOB NOT NULL, hash BLOB NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
            since_ms INTEGER NOT NULL, bytes INTEGER NOT NULL,
            PRIMARY KEY (grp, item, hash)) WITHOUT ROWID;
        CREATE INDEX superseded_since ON superseded (grp, since_ms);
        CREATE INDEX superseded_hash ON superseded (grp, hash);
        """,
        """
        -- The head that the personal group's record of a group names, as far as it was not here when that was read.
        ALTER TABLE grp ADD COLUMN recorded_seq INTEGER;
        ALTER TABLE grp ADD COLUMN recorded_id BLOB;
        """,
        """
        -- Who put the former value. Empty: it was noted before this was asked.
        ALTER TABLE superseded ADD COLUMN author BLOB NOT NULL DEFAULT x'';
        """,
        """
        -- When the edit was made: wall clock, says only how long it has waited. 0: before this was noted.
        ALTER TABLE outbox ADD COLUMN made_ms INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- settled: a person chose a side, and the fork stops nothing any more. choice: 1 keeps this device's branch, until the relay has it.
        ALTER TABLE fork ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE fork ADD COLUMN choice INTEGER NOT NULL DEFAULT 0;

        -- The highest epoch of a branch that was given up: nothing is sealed below it.
        ALTER TABLE grp ADD COLUMN epoch_floor INTEGER NOT NULL DEFAULT 0;

        -- Commits of branches that were given up, as signed.
        CREATE TABLE lost_commit (
            grp BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, entry BLOB NOT NULL,
            PRIMARY KEY (grp, id)) WITHOUT ROWID;

        -- What such a branch said of people. role: 0 removed, else the role it gave.
        CREATE TABLE lost_change (
            grp BLOB NOT NULL, account BLOB NOT NULL, role INTEGER NOT NULL,
            PRIMARY KEY (grp, account)) WITHOUT ROWID;
        """,
        """
        -- This device's own times, by the wall clock, for display. 0: not noted.
        ALTER TABLE group_commit ADD COLUMN applied_ms INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE attestation ADD COLUMN heard_ms INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE attestation ADD COLUMN signed_after_ms INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- That this edit deletes: boxed under the storage key, so that nobody says so who only holds the disk. NULL: it does not.
        ALTER TABLE outbox ADD COLUMN delete_box BLOB;
        """,
    ];

    /// <summary>Before anything is set in the file: only a newer program may touch what a newer one wrote.</summary>
    /// <exception cref="VaultException">NewerHome.</exception>
    public static void RequireKnown(ReplicaDatabase database)
    {
        var version = Version(database);
        if (version > Migrations.Length)
        {
            throw VaultException.Refuse(
                ClientRefusal.NewerHome,
                $"A newer version of Vault wrote this home (version {version}; this program knows up to {Migrations.Length}). Update this program; nothing in the home was changed.");
        }
    }

    public static void Migrate(ReplicaDatabase database)
    {
        var version = Version(database);

        // Also takes the exclusive lock, so a second process is told at once.
        database.Transact("migrate", () =>
        {
            for (; version < Migrations.Length; version++)
            {
                database.Execute(Migrations[version]);
            }

            database.Execute($"PRAGMA user_version={Migrations.Length}");
        });
    }

    private static long Version(ReplicaDatabase database) => database.Query("PRAGMA user_version", row => row.GetInt64(0))[0];
}
