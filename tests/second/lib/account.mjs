// The account chain: FORMAT.md section 4, in its order.

import { equal, hex, littleEndian, unhex } from './bytes.mjs';
import { encode, enumValue } from './canonical.mjs';
import { mustAscend, open } from './entries.mjs';
import * as fault from './fault.mjs';
import { must } from './fault.mjs';
import { deviceId, entryId, hash, sealingKeyId } from './hash.mjs';
import { verify } from './signature.mjs';

export const ACTIVE = enumValue('DeviceStatus', 'DEVICE_STATUS_ACTIVE');
export const RETIRED = enumValue('DeviceStatus', 'DEVICE_STATUS_RETIRED');
export const REVOKED = enumValue('DeviceStatus', 'DEVICE_STATUS_REVOKED');
export const PASSWORD = enumValue('WayKind', 'WAY_KIND_PASSWORD');
export const RECOVERY = enumValue('WayKind', 'WAY_KIND_RECOVERY');

const TAG = 'sign/account-entry';
const ENTRIES_MAX = 512n;
const BYTES_MAX = 262_144;
const DEVICES_MAX = 64;
const REVOKED_MAX = 64;
const OPERATIONS = [
  'genesis', 'set_login', 'add_device', 'retire_device', 'revoke_and_rotate', 'replace_wraps', 'set_personal_group',
];

const P = (1n << 255n) - 19n;
const SMALL_ORDER_X25519 = new Set([
  0n,
  1n,
  littleEndian(unhex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')),
  littleEndian(unhex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157')),
  P - 1n,
  P,
  P + 1n,
]);

const sized = (bytes, length, detail) => must(bytes.length === length, fault.BAD_FIELD, detail);

export function wellFormedSealingKey(key) {
  if (key.length !== 1216) return false;
  for (let i = 0; i < 1152; i += 3) {
    const low = key[i] | ((key[i + 1] & 0x0f) << 8);
    const high = (key[i + 1] >> 4) | (key[i + 2] << 4);
    if (low >= 3329 || high >= 3329) return false;
  }
  const point = Uint8Array.from(key.subarray(1184));
  point[31] &= 0x7f;
  return !SMALL_ORDER_X25519.has(littleEndian(point));
}

function shapeSealingKey(key) {
  sized(key, 1216, 'sealing_key');
  must(wellFormedSealingKey(key), 207);
}

function shapeDevice(device) {
  must(device, fault.BAD_FIELD, 'device');
  sized(device.signing_key, 32, 'signing_key');
  sized(device.sync_key, 32, 'sync_key');
}

function shapeWays(ways) {
  for (const way of ways) {
    must(way.kind === PASSWORD || way.kind === RECOVERY, fault.BAD_FIELD, 'kind');
    sized(way.auth_key, 32, 'auth_key');
    sized(way.wrap_hash, 32, 'wrap_hash');
  }
  must(ways.length === 1 || ways.length === 2, 208, 'count');
  must(ways[0].kind === PASSWORD, 208, 'first');
  must(ways.length === 1 || ways[0].kind < ways[1].kind, 208, 'order');
}

function shapeLogin(login) {
  sized(login.daily_hash, 32, 'daily_hash');
  sized(login.authority_hash, 32, 'authority_hash');
  shapeWays(login.ways);
}

const SHAPES = {
  genesis(genesis) {
    sized(genesis.identity_key, 32, 'identity_key');
    sized(genesis.random, 32, 'random');
    shapeDevice(genesis.device);
    shapeSealingKey(genesis.sealing_key);
  },
  set_login: shapeLogin,
  add_device: ({ device }) => shapeDevice(device),
  retire_device() {},
  revoke_and_rotate(rotate) {
    must(rotate.revoked.length <= REVOKED_MAX, fault.TOO_LARGE, 'revoked');
    for (const id of rotate.revoked) sized(id, 32, 'revoked');
    sized(rotate.identity_key, 32, 'identity_key');
    mustAscend(rotate.revoked, (id) => id, 'revoked');
    must(rotate.login, fault.BAD_FIELD, 'login');
    shapeLogin(rotate.login);
    shapeSealingKey(rotate.sealing_key);
  },
  replace_wraps: ({ ways }) => shapeWays(ways),
  set_personal_group: ({ group }) => sized(group, 32, 'group'),
};

function shape(body) {
  must(body.author_device.length === 0 || body.author_device.length === 32, fault.BAD_FIELD, 'author_device');
  const name = OPERATIONS.find((operation) => body[operation]);
  must(name, fault.EMPTY_ENTRY);
  SHAPES[name](body[name]);
  return name;
}

const hasBytes = (list, bytes) => list.some((one) => equal(one, bytes));

const lockerHashes = (login) => [login.daily_hash, login.authority_hash, ...login.ways.map((way) => way.wrap_hash)];

// The Ed25519 keys that the entry brings and that therefore sign it, in field order.
function signingKeysBrought(before, name, operation) {
  switch (name) {
    case 'genesis': return [operation.identity_key, operation.device.signing_key, operation.device.sync_key];
    case 'add_device': return [operation.device.signing_key, operation.device.sync_key];
    case 'set_login': return operation.ways.map((way) => way.auth_key);
    case 'revoke_and_rotate': return [operation.identity_key, ...operation.login.ways.map((way) => way.auth_key)];
    case 'replace_wraps': {
      const current = before.login.ways.map((way) => way.auth_key);
      return operation.ways.map((way) => way.auth_key).filter((key) => !hasBytes(current, key));
    }
    default: return [];
  }
}

// What must be new under rule 206, and joins the used keys.
function freshKeys(before, name, operation) {
  switch (name) {
    case 'genesis': case 'revoke_and_rotate': {
      const [identity, ...others] = signingKeysBrought(before, name, operation);
      return [identity, sealingKeyId(operation.sealing_key), ...others];
    }
    case 'replace_wraps':
      return operation.ways
        .filter((way) => !before.login.ways.some((now) => now.kind === way.kind && equal(now.auth_key, way.auth_key)))
        .map((way) => way.auth_key);
    default: return signingKeysBrought(before, name, operation);
  }
}

function mustBeFresh(used, keys) {
  const seen = new Set();
  for (const key of keys.map(hex)) {
    must(!used.has(key) && !seen.has(key), 206);
    seen.add(key);
  }
}

function mustVerify(entry, keys) {
  must(entry.signatures.length === keys.length, fault.SIGNATURE_COUNT, `${keys.length} asked`);
  keys.forEach((key, i) => must(verify(TAG, entry.signatures[i], entry.body, key), fault.BAD_SIGNATURE, `${i}`));
}

function sameWays(a, b) {
  return a.length === b.length && a.every((way, i) =>
    way.kind === b[i].kind && equal(way.auth_key, b[i].auth_key) && equal(way.wrap_hash, b[i].wrap_hash));
}

export const isActive = (account, device) => account.devices.get(hex(device))?.status === ACTIVE;

function newerKeySigned(before, entry, body) {
  if (body.author_device.length === 0) return verify(TAG, entry.signatures[0], entry.body, before.identityKey);
  const device = before.devices.get(hex(body.author_device));
  return device?.status === ACTIVE && verify(TAG, entry.signatures[0], entry.body, device.signingKey);
}

const newDevice = (keys) => ({
  id: deviceId(keys.signing_key), signingKey: keys.signing_key, syncKey: keys.sync_key, status: ACTIVE,
});

// The state after one more entry; throws a Fault. States are never changed once made.
export function extendAccount(before, entry) {
  const body = open('AccountBody', 'account', before, entry, (newer) => newerKeySigned(before, entry, newer));
  const name = shape(body);
  const operation = body[name];
  const size = entry.body.length + entry.signatures.reduce((sum, signature) => sum + signature.length, 0);
  const id = entryId('hash/account-entry', body.prev, entry.body, entry.signatures);
  return before ? later(before, entry, body, name, operation, size, id) : genesis(entry, body, name, operation, size, id);
}

function genesis(entry, body, name, operation, size, id) {
  must(name === 'genesis', 201);
  must(body.author_device.length === 0, 205);
  mustVerify(entry, signingKeysBrought(undefined, name, operation));
  const keys = freshKeys(undefined, name, operation);
  mustBeFresh(new Set(), keys);
  must(size <= BYTES_MAX, 212);
  const device = newDevice(operation.device);
  return {
    id,
    head: { seq: 0n, id },
    totalBytes: size,
    identityKey: operation.identity_key,
    sealingKey: operation.sealing_key,
    devices: new Map([[hex(device.id), device]]),
    login: undefined,
    personalGroup: new Uint8Array(0),
    usedKeys: new Set(keys.map(hex)),
  };
}

function later(before, entry, body, name, operation, size, id) {
  must(name !== 'genesis', 201);
  must((body.seq === 1n) === (name === 'set_login'), 202);
  must(body.seq < ENTRIES_MAX, 212, 'entries');
  must(before.totalBytes + size <= BYTES_MAX, 212, 'bytes');

  const byDevice = body.author_device.length === 32;
  const asksDevice = name === 'retire_device' || (name === 'set_personal_group' && before.personalGroup.length === 0);
  must(byDevice === asksDevice, 205);
  const author = hex(body.author_device);
  if (byDevice) {
    must(before.devices.has(author), 203);
    must(before.devices.get(author).status === ACTIVE, 204);
  }
  mustVerify(entry, [
    byDevice ? before.devices.get(author).signingKey : before.identityKey,
    ...signingKeysBrought(before, name, operation),
  ]);

  const fresh = freshKeys(before, name, operation);
  const after = {
    ...before,
    head: { seq: body.seq, id },
    totalBytes: before.totalBytes + size,
    devices: new Map(before.devices),
    usedKeys: new Set(before.usedKeys),
  };
  const setStatus = (device, status) => after.devices.set(device, { ...after.devices.get(device), status });

  switch (name) {
    case 'set_login':
      mustBeFresh(before.usedKeys, fresh);
      after.login = operation;
      break;
    case 'add_device': {
      must(before.devices.size < DEVICES_MAX, 213);
      mustBeFresh(before.usedKeys, fresh);
      const device = newDevice(operation.device);
      after.devices.set(hex(device.id), device);
      break;
    }
    case 'retire_device':
      setStatus(author, RETIRED);
      break;
    case 'revoke_and_rotate': {
      for (const device of operation.revoked.map(hex)) {
        must(before.devices.has(device), 203);
        must(before.devices.get(device).status !== REVOKED, 209);
      }
      const { login } = before;
      for (const way of operation.login.ways) {
        must(!hasBytes(login.ways.map((now) => now.auth_key), way.auth_key), 210, 'auth_key');
      }
      for (const hash of lockerHashes(operation.login)) must(!hasBytes(lockerHashes(login), hash), 210, 'hash');
      mustBeFresh(before.usedKeys, fresh);
      for (const device of operation.revoked) setStatus(hex(device), REVOKED);
      after.identityKey = operation.identity_key;
      after.sealingKey = operation.sealing_key;
      after.login = operation.login;
      break;
    }
    case 'replace_wraps':
      must(!sameWays(operation.ways, before.login.ways), 208, 'unchanged');
      mustBeFresh(before.usedKeys, fresh);
      after.login = { ...before.login, ways: operation.ways };
      break;
    case 'set_personal_group':
      must(!equal(operation.group, before.personalGroup), 211);
      after.personalGroup = operation.group;
      break;
  }
  for (const key of fresh) after.usedKeys.add(hex(key));
  return after;
}

// Every state of a chain read from entry 0.
export function readAccount(entries) {
  const states = [];
  for (const entry of entries) states.push(extendAccount(states.at(-1), entry));
  return states;
}

export function accountState(account) {
  return {
    account: account.id,
    head: account.head,
    total_bytes: account.totalBytes,
    identity_key: account.identityKey,
    sealing_key: account.sealingKey,
    devices: [...account.devices.keys()].sort().map((key) => {
      const device = account.devices.get(key);
      return { id: device.id, signing_key: device.signingKey, sync_key: device.syncKey, status: device.status };
    }),
    login: account.login,
    personal_group: account.personalGroup,
    used_keys: [...account.usedKeys].sort().map(unhex),
  };
}

export const accountStateHash = (account) => hash('hash/account-state', encode('AccountState', accountState(account)));

export const accountSealingKeyId = (account) => sealingKeyId(account.sealingKey);
