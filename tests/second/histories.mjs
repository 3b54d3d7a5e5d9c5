// Random histories with this implementation's verdicts: node histories.mjs <account|group> <seed> <count>
// One JSON object a line: { chain, entries, verdicts, notes }. A verdict is the state's hash when the entry was taken, or the
// fault's number, with the inner one after a slash. A refused entry is passed over; the next one follows the last taken.

import { sha256 } from '@noble/hashes/sha2.js';
import { accountStateHash, ACTIVE, extendAccount, PASSWORD, RECOVERY } from './lib/account.mjs';
import { concat, EMPTY, hex, utf8 } from './lib/bytes.mjs';
import { decode, encode } from './lib/canonical.mjs';
import { Fault } from './lib/fault.mjs';
import { extendGroup, groupStateHash, PERSONAL, SHARED } from './lib/group.mjs';
import { deviceId, entryId, hash, inviteId, sealingKeyId } from './lib/hash.mjs';
import { publicKeyOf, sign } from './lib/signature.mjs';

const [chain, seed, count] = process.argv.slice(2);

// A stream of numbers from the seed.
class Chance {
  constructor(text) {
    this.key = sha256(utf8(text));
    this.counter = 0n;
  }

  bytes(length) {
    const parts = [];
    for (let have = 0; have < length; have += 32) parts.push(hash('hash/code', this.key, ++this.counter));
    return concat(...parts).slice(0, length);
  }

  below(n) {
    return Number(BigInt('0x' + hex(this.bytes(6))) % BigInt(n));
  }

  one(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list.length > 0 ? list[this.below(list.length)] : undefined;
  }

  some(list, most) {
    const picked = new Set();
    for (let n = list.length > 0 ? this.below(most) + 1 : 0; n > 0; n--) picked.add(this.pick(list));
    return [...picked];
  }
}

let chance;
const byBytes = (key) => (a, b) => Buffer.compare(key(a), key(b));
const sorted = (list, key) => (chance.one(97) ? [...list].sort(byBytes(key)) : list);

const pair = () => {
  const keySeed = chance.bytes(32);
  return { seed: keySeed, key: publicKeyOf(keySeed) };
};

// Well formed: small coefficients and a point that is none of the refused ones.
function sealingKey() {
  const key = chance.bytes(1216);
  for (let i = 2; i < 1152; i += 3) key[i] = 0;
  for (let i = 1; i < 1152; i += 3) key[i] &= 0x07;
  if (chance.one(2)) key[1 + 3 * chance.below(384)] = 0xff;
  if (chance.one(1)) key.fill(0, 1184);
  return key;
}

// --- Accounts ---

class Person {
  constructor() {
    this.keys = [];
    this.entries = [];
    this.states = [];
  }

  get state() {
    return this.states.at(-1);
  }

  pair(reuse = 3) {
    if (this.keys.length > 0 && chance.one(reuse)) return chance.pick(this.keys);
    const made = pair();
    this.keys.push(made);
    return made;
  }

  pairOf(key) {
    return this.keys.find((one) => Buffer.compare(one.key, key) === 0) ?? pair();
  }

  deviceKeys() {
    return { signing_key: this.pair().key, sync_key: this.pair().key };
  }

  ways() {
    const current = this.state?.login?.ways ?? [];
    const way = (kind) => {
      const now = current.find((one) => one.kind === kind) ?? chance.pick([...current, undefined]);
      return {
        kind: chance.one(98) ? kind : chance.below(4),
        auth_key: now && chance.one(35) ? now.auth_key : this.pair().key,
        wrap_hash: now && chance.one(35) ? now.wrap_hash : chance.bytes(32),
      };
    };
    return chance.pick([
      [way(PASSWORD)], [way(PASSWORD)], [way(PASSWORD), way(RECOVERY)], [way(PASSWORD), way(RECOVERY)],
      ...(chance.one(10) ? [[], [way(RECOVERY)], [way(RECOVERY), way(PASSWORD)]] : []),
    ]);
  }

  login() {
    const now = this.state?.login;
    return {
      ways: this.ways(),
      daily_hash: now && chance.one(5) ? now.daily_hash : chance.bytes(32),
      authority_hash: now && chance.one(5) ? now.authority_hash : chance.bytes(32),
    };
  }

  rotate() {
    const devices = [...(this.state?.devices.values() ?? [])].map((device) => device.id);
    const revoked = chance.one(60) ? chance.some(devices, 3) : [];
    if (chance.one(3)) revoked.push(chance.bytes(32));
    const login = this.login();
    if (chance.one(80)) {
      for (const way of login.ways) Object.assign(way, { auth_key: this.pair().key, wrap_hash: chance.bytes(32) });
    }
    return {
      revoked: sorted(revoked, (id) => id),
      identity_key: this.pair().key,
      sealing_key: chance.one(96) || !this.state ? sealingKey() : this.state.sealingKey,
      login: chance.one(99) ? login : undefined,
    };
  }

  operation() {
    const first = this.states.length;
    const name = chance.one(94) && first < 2
      ? ['genesis', 'set_login'][first]
      : chance.pick([
        'genesis', 'set_login', 'add_device', 'add_device', 'add_device', 'retire_device', 'revoke_and_rotate',
        'revoke_and_rotate', 'replace_wraps', 'replace_wraps', 'replace_wraps', 'set_personal_group', 'set_personal_group',
      ]);
    switch (name) {
      case 'genesis':
        return {
          genesis: {
            identity_key: this.pair().key, sealing_key: sealingKey(), device: this.deviceKeys(), random: chance.bytes(32),
          },
        };
      case 'set_login': return { set_login: this.login() };
      case 'add_device': return { add_device: chance.one(98) ? { device: this.deviceKeys() } : {} };
      case 'retire_device': return { retire_device: {} };
      case 'revoke_and_rotate': return { revoke_and_rotate: this.rotate() };
      case 'replace_wraps':
        return { replace_wraps: { ways: this.state?.login && chance.one(8) ? this.state.login.ways : this.ways() } };
      default: {
        const now = this.state?.personalGroup ?? EMPTY;
        return { set_personal_group: { group: chance.one(25) ? now : chance.bytes(32) } };
      }
    }
  }

  author(operation) {
    const state = this.state;
    if (!state) return EMPTY;
    const byDevice = operation.retire_device || (operation.set_personal_group && state.personalGroup.length === 0);
    if (chance.one(95) ? !byDevice : byDevice) return EMPTY;
    const devices = [...state.devices.values()];
    const active = devices.filter((device) => device.status === ACTIVE);
    return chance.pick(active.length > 0 && chance.one(92) ? active : [...devices, { id: chance.bytes(32) }]).id;
  }

  // By the rules, give or take.
  signers(operation, authorDevice) {
    const state = this.state;
    const device = authorDevice.length > 0 && state?.devices.get(hex(authorDevice));
    const keys = operation.genesis ? [] : [device ? device.signingKey : state?.identityKey ?? chance.bytes(32)];
    const wayKeys = (login) => (login?.ways ?? []).map((way) => way.auth_key);
    if (operation.genesis) {
      const { identity_key: identity, device: keysOfDevice } = operation.genesis;
      keys.push(identity, keysOfDevice.signing_key, keysOfDevice.sync_key);
    }
    if (operation.set_login) keys.push(...wayKeys(operation.set_login));
    if (operation.add_device?.device) keys.push(operation.add_device.device.signing_key, operation.add_device.device.sync_key);
    if (operation.revoke_and_rotate) {
      keys.push(operation.revoke_and_rotate.identity_key, ...wayKeys(operation.revoke_and_rotate.login));
    }
    if (operation.replace_wraps) {
      const current = (state?.login?.ways ?? []).map((way) => hex(way.auth_key));
      keys.push(...wayKeys(operation.replace_wraps).filter((key) => !current.includes(hex(key))));
    }
    const pairs = keys.map((key) => this.pairOf(key));
    if (chance.one(1)) pairs.pop();
    if (chance.one(1)) pairs.push(pair());
    if (chance.one(1)) pairs.reverse();
    return pairs;
  }

  propose() {
    const operation = this.operation();
    const authorDevice = this.author(operation);
    const body = header({
      version: 1,
      account: this.state?.id ?? EMPTY,
      seq: BigInt(this.states.length),
      prev: this.state?.head.id ?? new Uint8Array(32),
      author_device: authorDevice,
      ...operation,
    }, 'account');
    const bytes = mangled(encode('AccountBody', body));
    const signatures = this.signers(operation, authorDevice).map((one) => sign('sign/account-entry', bytes, one.seed));
    return { body: bytes, signatures: spoiled(signatures) };
  }

  take(entry) {
    const state = extendAccount(this.state, entry);
    this.entries.push(entry);
    this.states.push(state);
    return state;
  }

  // Goes on until an entry is taken.
  grow() {
    for (;;) {
      try {
        return this.take(this.propose());
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }
  }
}

// --- Faults on purpose ---

function header(body, ownId) {
  if (!chance.one(4)) return body;
  switch (chance.below(5)) {
    case 0: return { ...body, version: chance.pick([0, 2, 3, 0xffffffff]) };
    case 1: return { ...body, [ownId]: chance.pick([EMPTY, chance.bytes(32), chance.bytes(31)]) };
    case 2: return { ...body, seq: chance.pick([body.seq + 1n, 0n, 2n ** 64n - 1n]) };
    case 3: return { ...body, prev: chance.pick([EMPTY, chance.bytes(32), new Uint8Array(32)]) };
    default: return { ...body, version: 2, seq: body.seq + 1n };
  }
}

let mangles = 2;
function mangled(bytes) {
  if (!chance.one(mangles) || bytes.length === 0) return bytes;
  const at = chance.below(chance.one(50) ? Math.min(bytes.length, 120) : bytes.length);
  switch (chance.below(5)) {
    case 0: return bytes.subarray(0, at);
    case 1: return concat(bytes.subarray(0, at), chance.bytes(1 + chance.below(3)), bytes.subarray(at));
    case 2: return concat(bytes.subarray(0, at), bytes.subarray(at + 1));
    case 3: return concat(bytes, chance.pick([[0xf8, 6, 1], [0], [0x0b, 0x0c], [0x0b], [0x0c], [8, 1], [0x7d, 1, 2, 3, 4]].map((one) => Uint8Array.from(one))));
    default: {
      const copy = Uint8Array.from(bytes);
      copy[at] ^= 1 << chance.below(8);
      return copy;
    }
  }
}

function spoiled(signatures) {
  if (!chance.one(2) || signatures.length === 0) return signatures;
  const at = chance.below(signatures.length);
  return signatures.map((signature, i) => {
    if (i !== at) return signature;
    if (chance.one(20)) return signature.subarray(0, chance.below(64));
    const copy = Uint8Array.from(signature);
    copy[chance.below(64)] ^= 1 << chance.below(8);
    return copy;
  });
}

// --- Groups ---

const BOX = 593;

class Crowd {
  constructor() {
    this.people = Array.from({ length: 5 }, () => {
      const person = new Person();
      person.grow();
      person.grow();
      for (let n = chance.below(3); n > 0; n--) person.grow();
      return person;
    });
    this.kind = chance.one(92) ? SHARED : PERSONAL;
    this.invites = [];
    this.itemIds = Array.from({ length: 6 }, () => chance.bytes(16));
    this.state = undefined;
    this.seq = 0;
  }

  personOf(account) {
    return this.people.find((person) => Buffer.compare(person.state.id, account) === 0);
  }

  members() {
    return [...this.state.members.values()];
  }

  boxed(epoch) {
    return {
      epoch: chance.one(97) ? epoch : BigInt(chance.below(4)),
      box: new Uint8Array(chance.one(99) ? BOX : chance.pick([592, 594, 65_617, 65_618])).fill(7),
    };
  }

  seal(state, account = state.id) {
    return {
      account: chance.one(98) ? account : chance.bytes(32),
      key_id: chance.one(98) ? sealingKeyId(state.sealingKey) : chance.bytes(32),
      sealed: new Uint8Array(chance.one(99) ? 1168 : 1167).fill(9),
    };
  }

  genesis() {
    const owner = this.people[0];
    const entries = owner.entries.slice(chance.one(98) ? 0 : 1);
    const device = this.device(owner, owner.state);
    return this.signed(owner, owner.state, device, {
      genesis: { kind: chance.one(98) ? this.kind : chance.below(5), account_entries: entries, random: chance.bytes(32) },
      ...(chance.one(2) ? { note: this.boxed(1n) } : {}),
    });
  }

  device(person, state) {
    const devices = [...state.devices.values()];
    const active = devices.filter((device) => device.status === ACTIVE);
    return chance.pick(active.length > 0 && chance.one(96) ? active : devices);
  }

  signed(person, anchor, device, changes) {
    const body = header({
      version: 1,
      group: this.state?.id ?? EMPTY,
      seq: this.state ? this.state.head.seq + 1n : 0n,
      prev: this.state?.head.id ?? new Uint8Array(32),
      author_account: anchor.id,
      author_device: device.id,
      author_head: chance.one(98) ? anchor.head : chance.pick([undefined, person.states[0].head]),
      ...changes,
    }, 'group');
    const bytes = mangled(encode('GroupBody', body));
    const signatures = [sign('sign/group-commit', bytes, person.pairOf(device.signingKey).seed)];
    if (chance.one(1)) signatures.push(signatures[0]);
    return { body: bytes, signatures: spoiled(signatures) };
  }

  reAnchor(member) {
    const person = this.personOf(member.account);
    const at = Number(member.anchor.head.seq) + 1;
    const to = person.states.length - (chance.one(20) ? 1 : 0);
    const from = chance.one(96) ? at : Math.max(0, at - 1 + chance.below(3));
    return { account: member.account, entries: person.entries.slice(from, Math.max(to, from + 1)) };
  }

  propose() {
    for (let n = chance.below(2); n > 0; n--) {
      const person = chance.pick(this.people);
      if (person.states.length < 14) person.grow();
    }
    if (!this.state) return this.genesis();
    const state = this.state;
    const members = this.members();
    const strangers = this.people.filter((person) => !state.members.has(hex(person.state.id)));
    const authorMember = chance.pick(chance.one(60) ? members.filter((one) => one.role >= 3) : members) ?? chance.pick(members);
    let author = this.personOf(authorMember.account);
    if (chance.one(2)) author = chance.pick(this.people);
    let anchor = state.members.get(hex(author.state.id))?.anchor ?? author.state;

    const changes = {};
    const wants = (percent) => chance.one(percent);
    const lagging = members.filter((one) => this.personOf(one.account).states.length - 1 > Number(one.anchor.head.seq));
    if (wants(35)) {
      const chosen = chance.some(chance.one(95) ? lagging : members, 2);
      changes.re_anchors = sorted(chosen.map((one) => this.reAnchor(one)), (one) => one.account);
      const own = chosen.find((one) => hex(one.account) === hex(anchor.id));
      if (own) {
        const entries = changes.re_anchors.find((one) => hex(one.account) === hex(anchor.id)).entries;
        anchor = author.states[Number(own.anchor.head.seq) + entries.length] ?? author.state;
      }
    }
    let roster = new Map([...state.members].map(([id, one]) => {
      const moved = changes.re_anchors?.find((change) => hex(change.account) === id);
      const person = this.personOf(one.account);
      const to = moved ? Number(one.anchor.head.seq) + moved.entries.length : Number(one.anchor.head.seq);
      return [id, person.states[to] ?? person.state];
    }));
    const others = members.filter((one) => hex(one.account) !== hex(anchor.id));
    let epochWanted = chance.one(state.rotationDue ? 60 : 15) || state.head.seq === 0n;
    const leaving = wants(3);
    if (leaving) {
      changes.leave = {};
      if (chance.one(85)) return this.finish(author, anchor, changes.re_anchors?.length === 1 ? changes : { leave: {} });
    }
    if (wants(1) && chance.one(40)) return this.finish(author, anchor, { close: {} });
    if (wants(8)) {
      changes.removes = sorted(chance.some(chance.one(95) ? others : members, 2).map((one) => ({ account: one.account })), (one) => one.account);
      for (const one of changes.removes) roster.delete(hex(one.account));
      epochWanted = chance.one(93);
    }
    if (wants(14)) {
      changes.roles = sorted(chance.some(members, 2).map((one) => ({
        account: chance.one(98) ? one.account : chance.bytes(32), role: chance.one(98) ? 1 + chance.below(4) : chance.below(7),
      })), (one) => one.account);
    }
    const openNow = [...state.invites.values()];
    if (wants(8)) {
      changes.close_invites = sorted(
        chance.some(chance.one(95) ? openNow : this.invites, 2).map((one) => ({ invite: one.id })), (one) => one.invite);
    }
    const first = state.epoch === 0n && chance.one(93);
    const epochNow = first ? 1n : epochWanted ? state.epoch + BigInt(chance.one(95) ? 1 + chance.below(3) : chance.below(2000)) : state.epoch;
    if (!first && wants(18)) {
      const opens = Array.from({ length: 1 + chance.below(2) }, () => {
        const made = chance.one(92) || this.invites.length === 0 ? pair() : chance.pick(this.invites).pair;
        this.invites.push({ id: inviteId(made.key), pair: made });
        return {
          invite_key: made.key, role: chance.one(98) ? 1 + chance.below(4) : chance.below(9), terms: this.boxed(epochNow),
        };
      });
      changes.open_invites = sorted(opens, (one) => one.invite_key);
    }
    if (!first && (wants(22) || members.length < 3)) {
      const chosen = chance.some(chance.one(97) ? strangers : this.people, 2);
      const adds = chosen.map((person) => this.add(person, epochWanted, openNow));
      changes.adds = sorted(adds, (one) => one.account);
      for (const one of adds) {
        if (one.last) roster.set(hex(one.account), one.last);
        delete one.last;
      }
    }
    if (epochWanted) {
      const accounts = [...roster].sort(([a], [b]) => (a < b ? -1 : 1));
      if (chance.one(2)) accounts.pop();
      changes.epoch = {
        number: epochNow,
        commitment: chance.bytes(32),
        seals: accounts.map(([, anchored]) => this.seal(anchored)),
        wraps: chance.one(70)
          ? state.epochs.slice(-3).map((one) => ({ epoch: chance.one(98) ? one.number : one.number + 1n, box: new Uint8Array(113).fill(1) }))
          : [],
      };
    }
    if (wants(10)) {
      const live = chance.one(90) ? [...state.items.values()].map((one) => one.id) : this.itemIds;
      changes.deletes = sorted(chance.some(live, 2).map((item) => ({
        item, replaces: this.replaces(item, 96) ?? chance.bytes(32), op_id: chance.bytes(16),
      })), (one) => one.item);
    }
    if (wants(40)) {
      const fresh = this.itemIds.filter((item) => !state.deletedItems.has(hex(item)));
      if (chance.one(30)) this.itemIds.push(chance.bytes(16));
      changes.puts = sorted(chance.some(chance.one(95) ? fresh : this.itemIds, 3).map((item) => ({
        item,
        epoch: chance.one(98) ? epochNow : BigInt(chance.below(5)),
        blob_hash: chance.bytes(32),
        blob_size: chance.one(99) ? 593 + chance.below(1_048_000) : chance.pick([592, 1_048_657, 1_048_658]),
        replaces: this.replaces(item, 97) ?? (chance.one(98) ? EMPTY : chance.bytes(32)),
        op_id: chance.bytes(chance.one(99) ? 16 : 15),
        attachments: chance.one(80) ? [] : sorted(Array.from({ length: chance.one(97) ? 2 : 65 }, () => ({
          hash: chance.bytes(32), size: chance.one(99) ? 593 : 1,
        })), (one) => one.hash),
      })), (one) => one.item);
    }
    if (wants(8)) changes.info = chance.one(98) ? { info: this.boxed(epochNow) } : {};
    if (wants(15)) changes.note = this.boxed(epochNow);
    if (wants(1)) changes.genesis = {};
    return this.finish(author, anchor, changes);
  }

  replaces(item, percent) {
    const live = this.state.items.get(hex(item));
    return chance.one(percent) ? live?.blob_hash : chance.bytes(32);
  }

  finish(author, anchor, changes) {
    return this.signed(author, anchor, this.device(author, anchor), changes);
  }

  add(person, epochWanted, openNow) {
    const length = chance.one(85) ? person.entries.length : 1 + chance.below(person.entries.length);
    const last = person.states[length - 1];
    const invite = chance.one(60) ? chance.pick(openNow) : undefined;
    const role = invite && chance.one(92) ? invite.role : 1 + chance.below(4);
    return {
      account: chance.one(98) ? last.id : chance.pick(this.people).state.id,
      role,
      account_entries: person.entries.slice(0, length).map((entry, i) =>
        (i === length - 1 && chance.one(1) ? { ...entry, signatures: spoiled([...entry.signatures, pair().key]) } : entry)),
      seal: chance.one(97) !== epochWanted ? this.seal(last) : undefined,
      proof: invite ? this.proof(person, last, invite) : undefined,
      last,
    };
  }

  proof(person, last, invite) {
    const known = [...last.devices.values()];
    const device = chance.pick(known);
    const there = chance.one(75) ? last : chance.pick(person.states);
    const body = mangled(encode('JoinBody', {
      version: chance.one(99) ? 1 : 2,
      group: chance.one(98) ? this.state.id : chance.bytes(32),
      invite: chance.one(98) ? invite.id : chance.bytes(chance.pick([31, 32])),
      invite_commit: chance.one(98) ? invite.opened.id : chance.bytes(32),
      account: chance.one(98) ? last.id : chance.bytes(32),
      device: device.id,
      head: chance.one(98) ? there.head : chance.pick([undefined, { ...there.head, seq: there.head.seq + 1n }]),
      sealed_name_hash: chance.bytes(chance.one(98) ? 32 : 31),
    }));
    const inviteKey = this.invites.find((one) => hex(one.id) === hex(invite.id)).pair;
    return {
      body,
      invite_signature: spoiled([sign('sign/join-by-invite', body, inviteKey.seed)])[0],
      device_signature: spoiled([sign('sign/join-by-device', body, person.pairOf(device.signingKey).seed)])[0],
    };
  }

  take(entry) {
    this.state = extendGroup(this.state, entry);
    return this.state;
  }
}

function history(text) {
  chance = new Chance(text);
  mangles = chance.pick([1, 1, 2, 20]);
  const maker = chain === 'group' ? new Crowd() : new Person();
  const stateHash = chain === 'group' ? groupStateHash : accountStateHash;
  const entries = [];
  const verdicts = [];
  const notes = [];
  for (let n = 0; n < 60; n++) {
    const entry = maker.propose();
    entries.push({ body: hex(entry.body), signatures: entry.signatures.map(hex) });
    try {
      verdicts.push(hex(stateHash(maker.take(entry))));
      notes.push('');
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      verdicts.push(error.inner ? `${error.code}/${error.inner.code}` : String(error.code));
      notes.push(error.message);
    }
  }
  return { name: text, chain, entries, verdicts, notes };
}

for (let n = 0; n < Number(count); n++) console.log(JSON.stringify(history(`${seed}-${n}`)));
