// Tagged hashes, parts, key derivation: FORMAT.md section 2.

import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { EMPTY, concat, u32be, u64be, utf8 } from './bytes.mjs';

export const tagOf = (name) => utf8(`vault/1/${name}`);

const asBytes = (part) => (typeof part === 'bigint' || typeof part === 'number' ? u64be(part) : part);

// `name` is the tag without "vault/1/".
export function parts(name, ...rest) {
  return concat(...[tagOf(name), ...rest.map(asBytes)].flatMap((part) => [u32be(part.length), part]));
}

export const hash = (name, ...rest) => sha256(parts(name, ...rest));

export const derive = (secret, length, salt, name, ...rest) =>
  hkdf(sha256, secret, salt ?? EMPTY, parts(name, ...rest), length);

export const blobHash = (bytes) => hash('hash/blob', bytes);
export const deviceId = (signingKey) => hash('hash/device', signingKey);
export const inviteId = (inviteKey) => hash('hash/invite-key', inviteKey);
export const sealingKeyId = (sealingKey) => hash('hash/sealing-key', sealingKey);

export const entryId = (tag, prev, body, signatures) => hash(tag, prev, hash('hash/signed-body', body, ...signatures));
