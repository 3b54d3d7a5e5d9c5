// A relay's store made here, opened from password and Secret Key, and from the recovery code.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sha256 } from '@noble/hashes/sha2.js';
import initSqlJs from 'sql.js';
import { Account, Group, random } from './build.mjs';
import { EDITOR } from '../lib/group.mjs';
import { PASSWORD, RECOVERY } from '../lib/account.mjs';
import { concat, equal, hex, unhex, utf8 } from '../lib/bytes.mjs';
import { encode } from '../lib/canonical.mjs';
import { makeBox, OpenError, openBox, pad, unpad, makeSeal, openSeal, xwingPublicKey } from '../lib/crypto.mjs';
import { blobHash, hash } from '../lib/hash.mjs';
import * as keys from '../lib/keys.mjs';
import { readAll, unlockWithPassword, unlockWithRecoveryCode } from '../lib/vault.mjs';

const PASSWORD_TEXT = 'correct horse ﬁsh';
const SECRET_KEY = unhex('000102030405060708090a0b0c0d0e0f');
const RECOVERY_CODE = unhex('ff'.repeat(20));

class MemoryRelay {
  constructor() {
    this.accounts = [];
    this.groupList = [];
    this.blobs = new Map();
    this.lockers = new Map();
  }

  keep(bytes) {
    this.blobs.set(hex(blobHash(bytes)), bytes);
    return bytes;
  }

  accountOf(key) {
    return this.accounts.find((account) => account.state.login.ways.some((way) => equal(way.auth_key, key)))?.id;
  }

  accountEntries(id) {
    return this.accounts.find((account) => equal(account.id, id)).entries;
  }

  lockerBlobs(id) {
    return this.lockers.get(hex(id));
  }

  groups() {
    return this.groupList.map((group) => group.id);
  }

  groupEntries(id) {
    return this.groupList.find((group) => equal(group.id, id)).entries;
  }

  blob(group, hash) {
    return this.blobs.get(hex(hash));
  }
}

function withLocker(relay) {
  const account = new Account();
  const unlock = keys.passwordUnlock(PASSWORD_TEXT, SECRET_KEY);
  const recovery = keys.recoveryUnlock(RECOVERY_CODE);
  account.way = { seed: unlock.authSeed, key: unlock.authKey };
  account.recovery = { seed: recovery.authSeed, key: recovery.authKey };
  const lockerKey = random();
  const daily = makeBox(lockerKey, ['box/locker-daily', account.id], pad(encode('LockerDaily', {
    version: 1, account: account.id, sealing_seeds: account.sealingSeeds, storage_key: random(),
  })), random());
  const authority = makeBox(lockerKey, ['box/locker-authority', account.id], pad(encode('LockerAuthority', {
    version: 1, account: account.id, identity_seed: account.identity.seed,
  })), random());
  const wrap = makeBox(unlock.wrapKey, ['box/locker-wrap-password', account.id], lockerKey, random());
  const recoveryWrap = makeBox(recovery.wrapKey, ['box/locker-wrap-recovery', account.id], lockerKey, random());
  account.push({
    set_login: {
      ways: [
        { kind: PASSWORD, auth_key: unlock.authKey, wrap_hash: blobHash(wrap) },
        { kind: RECOVERY, auth_key: recovery.authKey, wrap_hash: blobHash(recoveryWrap) },
      ],
      daily_hash: blobHash(daily),
      authority_hash: blobHash(authority),
    },
  }, [account.identity, account.way, account.recovery]);
  relay.accounts.push(account);
  relay.lockers.set(hex(account.id), [authority, recoveryWrap, daily, wrap]);
  return account;
}

// The tables of a relay that opening reads, with what a MemoryRelay holds.
async function asFile(relay, path) {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run(`
    CREATE TABLE auth_keys (key_hash BLOB PRIMARY KEY, account BLOB);
    CREATE TABLE entries (account BLOB, seq INTEGER, body BLOB, signatures BLOB);
    CREATE TABLE lockers (account BLOB, hash BLOB, content BLOB);
    CREATE TABLE groups (grp BLOB PRIMARY KEY);
    CREATE TABLE commits (grp BLOB, seq INTEGER, body BLOB, signatures BLOB);
    CREATE TABLE blobs (grp BLOB, hash BLOB, content BLOB);`);
  const insert = (table, ...values) =>
    database.run(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`, values);
  const insertEntries = (table, id, entries) => [...entries.entries()].reverse().forEach(([seq, entry]) =>
    insert(table, id, seq, entry.body, concat(...entry.signatures)));
  for (const account of relay.accounts) {
    for (const way of account.state.login.ways) insert('auth_keys', hash('hash/auth-key', way.auth_key), account.id);
    insertEntries('entries', account.id, account.entries);
    for (const blob of relay.lockerBlobs(account.id) ?? []) insert('lockers', account.id, blobHash(blob), blob);
  }
  for (const group of relay.groupList) {
    insert('groups', group.id);
    insertEntries('commits', group.id, group.entries);
    for (const blob of relay.blobs.values()) insert('blobs', group.id, blobHash(blob), blob);
  }
  writeFileSync(path, database.export());
  database.close();
}

test('from password and Secret Key to the items', async () => {
  const relay = new MemoryRelay();
  const ann = withLocker(relay);
  const ben = Account.ready();
  relay.accounts.push(ben);

  // Ben's group: the first item is boxed under an epoch that Ann only reaches through a wrap.
  const group = new Group(ben).first();
  const put = (author, item) => {
    relay.keep(item.blob);
    group.push(author, { puts: [item.put] });
  };
  put(ben, group.item({ type: 1, title: 'old', fields: [{ id: 'username', value: 'u', type: 1 }] }));
  group.push(ben, { epoch: group.epoch(ben, [ben]) });
  group.push(ben, {
    adds: [group.add(ben, ann, EDITOR)],
    note: group.boxed('note', encode('Note', { time_ms: 5n, names: [{ account: ann.id, name: 'Ann' }] })),
    info: { info: group.boxed('group-info', encode('GroupInfoPlain', { name: 'ours', description: 'd' })) },
  });
  group.push(ben, { epoch: group.epoch(ben, [ann, ben]) });
  const chunkKey = random();
  const clear = utf8('a file');
  const file = group.item({ title: 'file' });
  const chunk = relay.keep(makeBox(chunkKey, ['box/attachment', group.id, file.put.item], pad(clear), random()));
  const withFile = group.item({
    title: 'file',
    attachments: [{
      id: 'f', name: 'f.txt', size: BigInt(clear.length), sha256: sha256(clear),
      parts: [{ hash: blobHash(chunk), key: chunkKey, size: clear.length }],
    }],
  }, undefined, file.put.item);
  withFile.put.attachments = [{ hash: blobHash(chunk), size: chunk.length }];
  put(ann, withFile);
  const foreign = new Group(ben).first();
  relay.groupList.push(group, foreign);

  const all = readAll(relay, unlockWithPassword(relay, PASSWORD_TEXT, SECRET_KEY));
  assert.equal(all.account, hex(ann.id));
  assert.equal(all.groups.length, 1);
  const [ours] = all.groups;
  assert.deepEqual([ours.name, ours.role, ours.epoch, ours.names], ['ours', 'ROLE_EDITOR', 3, { [hex(ann.id)]: 'Ann' }]);
  assert.deepEqual(ours.items.map((item) => item.title).sort(), ['file', 'old']);
  assert.equal(ours.items.find((item) => item.title === 'old').fields[0].value, 'u');
  assert.equal(ours.items.find((item) => item.title === 'file').attachments[0].name, 'f.txt');
  assert.deepEqual(readAll(relay, unlockWithRecoveryCode(relay, RECOVERY_CODE)), all);

  const folder = mkdtempSync(join(tmpdir(), 'second-'));
  try {
    const path = join(folder, 'relay.db');
    await asFile(relay, path);
    const command = fileURLToPath(new URL('../open.mjs', import.meta.url));
    const secretKey = keys.writeSecretKey(SECRET_KEY);
    const printed = execFileSync(
      process.execPath, [command, '--db', path, '--secret-key', secretKey, '--password-stdin'],
      { input: `${PASSWORD_TEXT}\n`, encoding: 'utf8' });
    assert.deepEqual(JSON.parse(printed), all);
  } finally {
    rmSync(folder, { recursive: true });
  }

  group.push(ben, { removes: [{ account: ann.id }], epoch: group.epoch(ben, [ben]) });
  assert.deepEqual(readAll(relay, unlockWithRecoveryCode(relay, RECOVERY_CODE)).groups, [{ id: hex(group.id), member: false }]);
});

test('the texts people copy', () => {
  const text = keys.writeSecretKey(SECRET_KEY);
  assert.match(text, /^SV1(-[0-9A-HJKMNP-TV-Z]{5}){6}$/);
  assert.deepEqual(keys.readSecretKey(text), SECRET_KEY);
  assert.deepEqual(keys.readSecretKey(text.toLowerCase().replaceAll('-', '').replaceAll('0', 'o').replaceAll('1', 'l').replace('svl', 'sv1')), SECRET_KEY);
  assert.match(keys.writeRecoveryCode(RECOVERY_CODE), /^SVR1(-[0-9A-HJKMNP-TV-Z]{5}){7}$/);
  assert.deepEqual(keys.readRecoveryCode(keys.writeRecoveryCode(RECOVERY_CODE)), RECOVERY_CODE);
  const swapped = text.replace(/(.)(.)$/, '$2$1');
  if (swapped !== text) assert.throws(() => keys.readSecretKey(swapped));
  assert.throws(() => keys.readSecretKey(`${text}0`));
});

test('boxes, padding and seals open one way only', () => {
  const key = random();
  const box = makeBox(key, ['box/note', random(), 1n], pad(utf8('x')), random());
  assert.equal(box.length, 593);
  assert.throws(() => openBox(key, ['box/note', random(), 1n], box), OpenError);
  for (const at of [0, 1, 33, 65, 592]) {
    const broken = Uint8Array.from(box);
    broken[at] ^= 1;
    assert.throws(() => openBox(key, ['box/note', random(), 1n], broken), OpenError);
  }
  for (const length of [0, 1, 508, 509, 1020, 1021, 1_048_572]) {
    const padded = pad(new Uint8Array(length).fill(1));
    assert.ok(Number.isInteger(Math.log2(padded.length)) && padded.length >= 512);
    assert.equal(unpad(padded).length, length);
  }
  assert.throws(() => pad(new Uint8Array(1_048_573)));
  const tooLarge = concat(pad(utf8('x')), new Uint8Array(512));
  assert.throws(() => unpad(tooLarge), OpenError);
  const dirty = pad(utf8('x'));
  dirty[511] = 1;
  assert.throws(() => unpad(dirty), OpenError);
  const seed = random();
  const sealed = makeSeal(xwingPublicKey(seed), utf8('info'), random(), concat(random(), random()));
  assert.equal(sealed.length, 1168);
  assert.equal(openSeal(seed, utf8('info'), sealed).length, 32);
  assert.throws(() => openSeal(seed, utf8('other'), sealed), OpenError);
});
