// From what a relay stores, a password and a Secret Key to the items in the clear: FORMAT.md section 6, KEYS.md.
//
// `relay` is anything with
//   accountOf(authKey)     the account's id, or undefined
//   accountEntries(id)     its chain
//   lockerBlobs(id)        its wraps and locker parts, in any order
//   groups()               the ids of all groups
//   groupEntries(id)       a chain
//   blob(group, hash)      bytes, or undefined

import { sha256 } from '@noble/hashes/sha2.js';
import { accountStateHash, PASSWORD, readAccount, RECOVERY } from './account.mjs';
import { compare, concat, equal, hex } from './bytes.mjs';
import { decode, schema } from './canonical.mjs';
import { epochCommitment, openBox, openSeal, unpad, xwingPublicKey } from './crypto.mjs';
import { extendGroup, groupStateHash } from './group.mjs';
import { blobHash, parts, sealingKeyId } from './hash.mjs';
import { passwordUnlock, recoveryUnlock } from './keys.mjs';
import { publicKeyOf } from './signature.mjs';

export class VaultError extends Error {}

function need(condition, message) {
  if (!condition) throw new VaultError(message);
}

const nameOf = (type, number) => [...schema.enums.get(type)].find(([, value]) => value === number)?.[0] ?? String(number);

const openPadded = (key, context, box) => unpad(openBox(key, context, box));

function openLocker(blobs, account, kind, wrapKey) {
  const named = (hash, what) => {
    const blob = blobs.find((one) => equal(blobHash(one), hash));
    need(blob, `the relay has no ${what}`);
    return blob;
  };
  const way = account.login.ways.find((one) => one.kind === kind);
  const wrapTag = kind === PASSWORD ? 'box/locker-wrap-password' : 'box/locker-wrap-recovery';
  const lockerKey = openBox(wrapKey, [wrapTag, account.id], named(way.wrap_hash, 'wrap'));
  need(lockerKey.length === 32, 'the locker key is not 32 bytes');

  const part = (type, tag, hash) => {
    const message = decode(type, openPadded(lockerKey, [tag, account.id], named(hash, type)));
    need(message.version === 1, `${type} has version ${message.version}`);
    need(equal(message.account, account.id), `${type} names another account`);
    return message;
  };
  const daily = part('LockerDaily', 'box/locker-daily', account.login.daily_hash);
  const authority = part('LockerAuthority', 'box/locker-authority', account.login.authority_hash);
  need(equal(publicKeyOf(authority.identity_seed), account.identityKey), 'the identity key is not the certified one');
  need(daily.sealing_seeds.length > 0, 'the locker has no sealing seed');
  need(equal(xwingPublicKey(daily.sealing_seeds.at(-1)), account.sealingKey), 'the sealing key is not the certified one');
  return daily;
}

// The account that the unlock keys open, with every sealing seed by the id of its key.
function openAccount(relay, kind, unlock) {
  const id = relay.accountOf(unlock.authKey);
  need(id, 'no account has this auth key');
  const account = readAccount(relay.accountEntries(id)).at(-1);
  need(equal(account.id, id), 'the relay serves another account');
  const way = account.login?.ways.find((one) => one.kind === kind);
  need(way && equal(way.auth_key, unlock.authKey), 'the auth key is not the one in the chain');
  const daily = openLocker(relay.lockerBlobs(id), account, kind, unlock.wrapKey);
  return {
    account,
    seeds: new Map(daily.sealing_seeds.map((seed) => [hex(sealingKeyId(xwingPublicKey(seed))), seed])),
  };
}

export const unlockWithPassword = (relay, password, secretKey) =>
  openAccount(relay, PASSWORD, passwordUnlock(password, secretKey));
export const unlockWithRecoveryCode = (relay, code) => openAccount(relay, RECOVERY, recoveryUnlock(code));

// Reads a chain and opens every epoch key that is sealed to the account, or wrapped under one that is.
function readGroupKeys(entries, owner) {
  const keys = new Map();
  const bodies = [];
  let state;
  for (const entry of entries) {
    state = extendGroup(state, entry);
    const body = decode('GroupBody', entry.body);
    bodies.push(body);
    const seals = [...(body.epoch?.seals ?? []), ...body.adds.flatMap((add) => (add.seal ? [add.seal] : []))];
    for (const seal of seals.filter((one) => equal(one.account, owner.account.id))) {
      const seed = owner.seeds.get(hex(seal.key_id));
      need(seed, `commit ${body.seq}: a seal is to a key that the locker does not hold`);
      const info = parts('seal/group-key', state.id, state.epoch, seal.account, seal.key_id, body.author_account);
      takeKey(state, keys, state.epoch, openSeal(seed, info, seal.sealed));
    }
  }
  // Newest first, so that an older key that a wrap gives opens the wraps of its own epoch in turn.
  for (const body of bodies.toReversed()) {
    const newer = body.epoch && keys.get(body.epoch.number);
    if (!newer) continue;
    for (const wrap of body.epoch.wraps) {
      const context = ['box/epoch-wrap', state.id, wrap.epoch, body.epoch.number];
      takeKey(state, keys, wrap.epoch, openBox(newer, context, wrap.box));
    }
  }
  return { state, keys, bodies };
}

function takeKey(state, keys, number, key) {
  const { commitment } = state.epochs.find((epoch) => epoch.number === number);
  need(equal(epochCommitment(state.id, number, key), commitment), `epoch ${number}: the key is not the committed one`);
  keys.set(number, key);
}

function keyFor(keys, epoch) {
  need(keys.has(epoch), `epoch ${epoch}: no key`);
  return keys.get(epoch);
}

function openItem(relay, group, keys, item) {
  const read = (hash, size) => {
    const bytes = relay.blob(group, hash);
    need(bytes, `blob ${hex(hash)} is missing`);
    need(bytes.length === size && equal(blobHash(bytes), hash), `blob ${hex(hash)} has other bytes`);
    return bytes;
  };
  const box = read(item.blob_hash, item.blob_size);
  const plain = openPadded(keyFor(keys, item.epoch), ['box/item', group, item.id, item.epoch], box);
  const value = decode('Item', plain);
  const sizes = new Map(item.attachments.map((chunk) => [hex(chunk.hash), chunk.size]));
  return {
    id: hex(item.id),
    epoch: Number(item.epoch),
    type: nameOf('ItemType', value.type),
    title: value.title,
    notes: value.notes,
    tags: value.tags,
    fields: value.fields.map(({ type, ...field }) => ({ ...field, type: nameOf('FieldType', type) })),
    urls: value.urls.map((url) => url.url),
    trashed: value.trashed_ms !== 0n,
    attachments: value.attachments.map((attachment) => {
      const clear = concat(...attachment.parts.map((part) => {
        need(sizes.has(hex(part.hash)), 'an attachment names a chunk that the put does not');
        const chunk = openPadded(part.key, ['box/attachment', group, item.id], read(part.hash, sizes.get(hex(part.hash))));
        need(chunk.length === part.size, 'a chunk has another size');
        return chunk;
      }));
      need(BigInt(clear.length) === attachment.size, 'an attachment has another size');
      need(equal(sha256(clear), attachment.sha256), 'an attachment has other bytes');
      return { id: attachment.id, name: attachment.name, size: clear.length, sha256: hex(attachment.sha256) };
    }),
  };
}

function readNames(group, keys, bodies) {
  const names = new Map();
  for (const { note } of bodies) {
    if (!note || !keys.has(note.epoch)) continue;
    const plain = decode('Note', openPadded(keys.get(note.epoch), ['box/note', group, note.epoch], note.box));
    for (const one of plain.names) names.set(hex(one.account), one.name);
  }
  return Object.fromEntries([...names].sort());
}

function openGroup(relay, owner, id) {
  const { state, keys, bodies } = readGroupKeys(relay.groupEntries(id), owner);
  need(equal(state.id, id), 'the relay serves another group');
  const account = hex(owner.account.id);
  const member = state.members.get(account);
  if (!member) {
    return state.formerMembers.has(account) ? { id: hex(id), member: false } : undefined;
  }
  const info = state.info && decode('GroupInfoPlain', openPadded(
    keyFor(keys, state.info.epoch), ['box/group-info', id, state.info.epoch], state.info.box));
  for (const invite of state.invites.values()) {
    const { epoch, box } = invite.terms;
    decode('InviteTerms', openPadded(keyFor(keys, epoch), ['box/invite-terms', id, invite.id, epoch], box));
  }
  return {
    id: hex(id),
    member: true,
    head: { seq: Number(state.head.seq), id: hex(state.head.id) },
    state: hex(groupStateHash(state)),
    kind: nameOf('GroupKind', state.kind),
    role: nameOf('Role', member.role),
    name: info?.name ?? '',
    description: info?.description ?? '',
    epoch: Number(state.epoch),
    names: readNames(id, keys, bodies),
    items: [...state.items.values()]
      .sort((a, b) => compare(a.id, b.id))
      .map((item) => openItem(relay, id, keys, item)),
  };
}

// Everything the account can read, ready for JSON.
export function readAll(relay, owner) {
  const { account } = owner;
  return {
    account: hex(account.id),
    head: { seq: Number(account.head.seq), id: hex(account.head.id) },
    state: hex(accountStateHash(account)),
    personal_group: hex(account.personalGroup),
    groups: [...relay.groups()]
      .sort(compare)
      .map((id) => openGroup(relay, owner, id))
      .filter((group) => group !== undefined),
  };
}
