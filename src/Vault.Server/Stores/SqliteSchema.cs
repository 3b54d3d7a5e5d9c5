namespace Vault.Server.Stores;

/// <summary>The tables, as steps that PRAGMA user_version counts. A step that was released is never edited.</summary>
internal static class SqliteSchema
{
    // grp: "group" is a keyword. Times are Unix milliseconds. change: the position of the write that touched the row last.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE relay (one INTEGER PRIMARY KEY CHECK (one = 1), change INTEGER NOT NULL, beat INTEGER NOT NULL) STRICT;
        INSERT INTO relay VALUES (1, 0, 0);

        CREATE TABLE accounts (account BLOB PRIMARY KEY, seq INTEGER NOT NULL, id BLOB NOT NULL, change INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
        CREATE INDEX accounts_by_change ON accounts (change);
        CREATE TABLE entries (account BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL,
            signatures BLOB NOT NULL, PRIMARY KEY (account, seq)) STRICT;
        CREATE TABLE auth_keys (key_hash BLOB PRIMARY KEY, account BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_keys_by_account ON auth_keys (account);
        CREATE TABLE lockers (account BLOB NOT NULL, hash BLOB NOT NULL, content BLOB NOT NULL, PRIMARY KEY (account, hash)) STRICT;

        CREATE TABLE groups (grp BLOB PRIMARY KEY, seq INTEGER NOT NULL, id BLOB NOT NULL, bytes INTEGER NOT NULL,
            change INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX groups_by_change ON groups (change);
        CREATE TABLE commits (grp BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL,
            signatures BLOB NOT NULL, PRIMARY KEY (grp, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE blobs (grp BLOB NOT NULL, hash BLOB NOT NULL, size INTEGER NOT NULL, content BLOB, names INTEGER NOT NULL,
            staged_at INTEGER, superseded_at INTEGER, PRIMARY KEY (grp, hash)) STRICT;
        CREATE INDEX blobs_staged ON blobs (staged_at) WHERE staged_at IS NOT NULL;
        CREATE INDEX blobs_superseded ON blobs (superseded_at) WHERE superseded_at IS NOT NULL;
        CREATE INDEX blobs_wanted ON blobs (grp, hash) WHERE content IS NULL;

        CREATE TABLE members (account BLOB NOT NULL, grp BLOB NOT NULL, ended_seq INTEGER, ended_id BLOB, change INTEGER NOT NULL,
            PRIMARY KEY (account, grp)) STRICT, WITHOUT ROWID;
        CREATE INDEX members_by_group ON members (grp);
        CREATE INDEX members_by_change ON members (change);

        CREATE TABLE invites (invite BLOB PRIMARY KEY, grp BLOB NOT NULL, key BLOB NOT NULL, opener BLOB NOT NULL,
            opened_seq INTEGER NOT NULL, opened_id BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX invites_by_group ON invites (grp);
        CREATE INDEX invites_by_opener ON invites (opener);
        CREATE TABLE joins (invite BLOB PRIMARY KEY, account BLOB NOT NULL, request BLOB NOT NULL, posted_at INTEGER NOT NULL,
            change INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX joins_by_change ON joins (change);
        CREATE TABLE links (mailbox BLOB NOT NULL, step INTEGER NOT NULL, box BLOB NOT NULL, opened_at INTEGER NOT NULL,
            PRIMARY KEY (mailbox, step)) STRICT;
        CREATE INDEX links_by_time ON links (opened_at);

        CREATE TABLE attestations (grp BLOB NOT NULL, device BLOB NOT NULL, account BLOB NOT NULL, counter INTEGER NOT NULL,
            body BLOB NOT NULL, signature BLOB NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (grp, device)) STRICT;
        CREATE INDEX attestations_by_account ON attestations (account);
        CREATE INDEX attestations_by_change ON attestations (change);
        """,
        """
        -- How many locker parts the chain names. NULL: all of them came with it.
        ALTER TABLE accounts ADD COLUMN locker_parts INTEGER;
        """,
        """
        -- Whether others put the account there without a proof of its own. Of what was written before this, nobody is said to have.
        ALTER TABLE members ADD COLUMN uninvited INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX members_uninvited ON members (account) WHERE uninvited = 1;
        """,
    ];

    /// <summary>The newest version, that of this program.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings a database to the newest version, or refuses one that is newer still.</summary>
    public static void Migrate(SqliteSession session)
    {
        var version = session.One("PRAGMA user_version", row => row.GetInt32(0));
        if (version > Steps.Length)
        {
            throw new StoreUnavailableException(
                $"The database has version {version}; this program knows up to {Steps.Length}. Use a newer program.");
        }

        for (var next = version; next < Steps.Length; next++)
        {
            session.ExecuteScript($"BEGIN IMMEDIATE; {Steps[next]} PRAGMA user_version = {next + 1}; COMMIT;");
        }
    }
}
