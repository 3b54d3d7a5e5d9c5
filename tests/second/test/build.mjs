// Makes chains for the tests: accounts, groups, lockers. Everything random comes from a counter.

import { hash, inviteId, sealingKeyId, entryId, blobHash, deviceId, parts } from '../lib/hash.mjs';
import { PASSWORD, RECOVERY, readAccount } from '../lib/account.mjs';
import { extendGroup, OWNER, SHARED } from '../lib/group.mjs';
import { epochCommitment, makeBox, makeSeal, pad, xwingPublicKey } from '../lib/crypto.mjs';
import { EMPTY, hex, utf8 } from '../lib/bytes.mjs';
import { encode } from '../lib/canonical.mjs';
import { publicKeyOf, sign } from '../lib/signature.mjs';

let counter = 0n;
export const random = (length = 32) => hash('hash/code', utf8('test'), ++counter).subarray(0, length);

export const keyPair = (seed = random()) => ({ seed, key: publicKeyOf(seed) });

export class Device {
  constructor() {
    this.signing = keyPair();
    this.sync = keyPair();
    this.keys = { signing_key: this.signing.key, sync_key: this.sync.key };
    this.id = deviceId(this.signing.key);
  }
}

const sealingPublic = new Map();
export function sealingPublicKey(seed) {
  if (!sealingPublic.has(hex(seed))) sealingPublic.set(hex(seed), xwingPublicKey(seed));
  return sealingPublic.get(hex(seed));
}

export class Account {
  constructor() {
    this.entries = [];
    this.identity = keyPair();
    this.sealingSeeds = [random()];
    this.device = new Device();
    this.way = keyPair();
    this.recovery = keyPair();
    this.push({
      genesis: {
        identity_key: this.identity.key,
        sealing_key: this.sealingKey,
        device: this.device.keys,
        random: random(),
      },
    }, [this.identity, this.device.signing, this.device.sync]);
  }

  static ready() {
    const account = new Account();
    account.login();
    return account;
  }

  get sealingKey() {
    return sealingPublicKey(this.sealingSeeds.at(-1));
  }

  get sealingId() {
    return sealingKeyId(this.sealingKey);
  }

  get states() {
    return readAccount(this.entries);
  }

  get state() {
    return this.states.at(-1);
  }

  get id() {
    return this.headId(0);
  }

  get head() {
    return { seq: BigInt(this.entries.length - 1), id: this.headId() };
  }

  headId(seq = this.entries.length - 1) {
    return this.ids[seq];
  }

  // Signed by the pairs in `signers`; `changes` overrides the header.
  entry(operation, signers, changes = {}) {
    const body = encode('AccountBody', {
      version: 1,
      account: this.ids?.[0] ?? EMPTY,
      seq: BigInt(this.entries.length),
      prev: this.ids?.at(-1) ?? new Uint8Array(32),
      ...operation,
      ...changes,
    });
    return { body, signatures: signers.map((pair) => sign('sign/account-entry', body, pair.seed)) };
  }

  take(entry) {
    const prev = this.ids?.at(-1) ?? new Uint8Array(32);
    this.entries.push(entry);
    this.ids = [...(this.ids ?? []), entryId('hash/account-entry', prev, entry.body, entry.signatures)];
    return entry;
  }

  push(operation, signers, changes) {
    return this.take(this.entry(operation, signers, changes));
  }

  login({ way = { auth_key: this.way.key, wrap_hash: random() }, daily = random(), authority = random() } = {}) {
    this.push({
      set_login: { ways: [{ kind: PASSWORD, ...way }], daily_hash: daily, authority_hash: authority },
    }, [this.identity, this.way]);
  }

  addDevice(device = new Device()) {
    this.push({ add_device: { device: device.keys } }, [this.identity, device.signing, device.sync]);
    return device;
  }

  retire(device) {
    this.push({ retire_device: {} }, [device.signing], { author_device: device.id });
  }

  rotate(devices = []) {
    const old = this.identity;
    this.identity = keyPair();
    this.way = keyPair();
    this.sealingSeeds.push(random());
    this.push({
      revoke_and_rotate: {
        revoked: devices.map((device) => device.id).sort(Buffer.compare),
        identity_key: this.identity.key,
        sealing_key: this.sealingKey,
        login: {
          ways: [{ kind: PASSWORD, auth_key: this.way.key, wrap_hash: random() }],
          daily_hash: random(),
          authority_hash: random(),
        },
      },
    }, [old, this.identity, this.way]);
  }

  addRecovery() {
    const [password] = this.state.login.ways;
    this.push({
      replace_wraps: { ways: [password, { kind: RECOVERY, auth_key: this.recovery.key, wrap_hash: random() }] },
    }, [this.identity, this.recovery]);
  }
}

export class Group {
  constructor(owner, kind = SHARED) {
    this.owner = owner;
    this.entries = [];
    this.keys = new Map();
    this.push(owner, {
      genesis: { kind, account_entries: owner.entries, random: random() },
    });
  }

  get id() {
    return this.state.id;
  }

  entry(author, changes, header = {}) {
    const device = header.device ?? author.device;
    const { device: _, ...rest } = header;
    const body = encode('GroupBody', {
      version: 1,
      group: this.state?.id ?? EMPTY,
      seq: BigInt(this.entries.length),
      prev: this.state?.head.id ?? new Uint8Array(32),
      author_account: author.id,
      author_device: device.id,
      author_head: author.head,
      ...changes,
      ...rest,
    });
    return { body, signatures: [sign('sign/group-commit', body, device.signing.seed)] };
  }

  take(entry) {
    this.state = extendGroup(this.state, entry);
    this.entries.push(entry);
    return this.state;
  }

  push(author, changes, header) {
    return this.take(this.entry(author, changes, header));
  }

  boxed(name, plaintext, epoch = this.state.epoch, ...context) {
    return {
      epoch,
      box: makeBox(this.keys.get(epoch), [`box/${name}`, this.id, ...context, epoch], pad(plaintext), random()),
    };
  }

  note(epoch) {
    return this.boxed('note', encode('Note', { time_ms: 1n }), epoch);
  }

  seal(author, account, epoch = this.state.epoch) {
    const info = parts('seal/group-key', this.id, epoch, account.id, account.sealingId, author.id);
    return {
      account: account.id,
      key_id: account.sealingId,
      sealed: makeSeal(account.sealingKey, info, this.keys.get(epoch), new Uint8Array([...random(), ...random()])),
    };
  }

  // `members` are the Accounts on the roster after the commit.
  epoch(author, members, number = this.state.epoch + 1n) {
    if (!this.keys.has(number)) this.keys.set(number, random());
    const older = this.state.epochs.map((epoch) => epoch.number).slice(-64);
    return {
      number,
      commitment: epochCommitment(this.id, number, this.keys.get(number)),
      seals: [...members].sort((a, b) => Buffer.compare(a.id, b.id)).map((account) => this.seal(author, account, number)),
      wraps: older.map((epoch) => ({
        epoch,
        box: makeBox(this.keys.get(number), ['box/epoch-wrap', this.id, epoch, number], this.keys.get(epoch), random()),
      })),
    };
  }

  first() {
    this.push(this.owner, { epoch: this.epoch(this.owner, [this.owner]) });
    return this;
  }

  item(value, epoch = this.state.epoch, id = random(16)) {
    const blob = makeBox(
      this.keys.get(epoch), ['box/item', this.id, id, epoch], pad(encode('Item', { version: 1, ...value })), random());
    return {
      blob,
      put: { item: id, epoch, blob_hash: blobHash(blob), blob_size: blob.length, op_id: random(16) },
    };
  }

  add(author, account, role = OWNER, extra = {}) {
    return {
      account: account.id, role, account_entries: account.entries, seal: this.seal(author, account), ...extra,
    };
  }

  invite(role) {
    const pair = keyPair();
    const id = inviteId(pair.key);
    return {
      pair,
      id,
      open: {
        invite_key: pair.key,
        role,
        terms: this.boxed('invite-terms', encode('InviteTerms', { expires_ms: 1n }), undefined, id),
      },
    };
  }

  proof(invite, account, changes = {}) {
    const body = encode('JoinBody', {
      version: 1,
      group: this.id,
      invite: invite.id,
      invite_commit: this.state.invites.get(hex(invite.id))?.opened.id ?? random(),
      account: account.id,
      device: account.device.id,
      head: account.head,
      sealed_name_hash: random(),
      ...changes,
    });
    return {
      body,
      invite_signature: sign('sign/join-by-invite', body, invite.pair.seed),
      device_signature: sign('sign/join-by-device', body, account.device.signing.seed),
    };
  }
}
