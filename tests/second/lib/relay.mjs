// A relay's file, as lib/vault.mjs wants to read it.

import { hash } from './hash.mjs';
import { openSqlite } from './sqlite.mjs';

const SIGNATURE = 64;

// The column holds one signature after the other.
function splitSignatures(bytes) {
  if (bytes.length === 0 || bytes.length % SIGNATURE !== 0) throw new Error('a row does not hold whole signatures');
  return Array.from({ length: bytes.length / SIGNATURE }, (_, i) => bytes.subarray(i * SIGNATURE, (i + 1) * SIGNATURE));
}

const asEntry = (row) => ({ body: row.body, signatures: splitSignatures(row.signatures) });

export async function openRelay(path) {
  const database = await openSqlite(path);
  return {
    accountOf: (authKey) =>
      database.all('SELECT account FROM auth_keys WHERE key_hash = ?', hash('hash/auth-key', authKey))[0]?.account,
    accountEntries: (id) =>
      database.all('SELECT body, signatures FROM entries WHERE account = ? ORDER BY seq', id).map(asEntry),
    lockerBlobs: (id) => database.all('SELECT content FROM lockers WHERE account = ?', id).map((row) => row.content),
    groups: () => database.all('SELECT grp FROM groups').map((row) => row.grp),
    groupEntries: (id) => database.all('SELECT body, signatures FROM commits WHERE grp = ? ORDER BY seq', id).map(asEntry),
    blob: (group, blobHash) =>
      database.all('SELECT content FROM blobs WHERE grp = ? AND hash = ?', group, blobHash)[0]?.content ?? undefined,
    close: () => database.close(),
  };
}
