// Ed25519 with the strictness of FORMAT.md section 2. The equation is checked without the cofactor: R must be exactly
// [S]B - [k]A.

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concat, equal, hex, littleEndian } from './bytes.mjs';
import { tagOf } from './hash.mjs';

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const KNOWN_MAX = 200_000;
const known = new Map();

export function framed(tag, body) {
  const name = tagOf(tag);
  return concat(Uint8Array.of(name.length), name, body);
}

// Undefined unless canonical and not of small order.
function strictPoint(bytes) {
  let point;
  try {
    point = Point.fromBytes(Uint8Array.from(bytes), false);
  } catch {
    return undefined;
  }
  return equal(point.toBytes(), bytes) && !point.isSmallOrder() ? point : undefined;
}

export function verifyStrict(signature, message, publicKey) {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const s = littleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const a = strictPoint(publicKey);
  const r = strictPoint(signature.subarray(0, 32));
  if (!a || !r) return false;
  const k = littleEndian(sha512(concat(signature.subarray(0, 32), publicKey, message))) % ORDER;
  return Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).equals(r);
}

// One chain travels inside many commits, so verdicts are kept.
export function verify(tag, signature, body, publicKey) {
  const message = framed(tag, body);
  const key = hex(sha256(concat(sha256(signature), sha256(publicKey), sha256(message))));
  let verdict = known.get(key);
  if (verdict === undefined) {
    verdict = verifyStrict(signature, message, publicKey);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(key, verdict);
  }
  return verdict;
}

export const sign = (tag, body, seed) => ed25519.sign(framed(tag, body), seed);
export const publicKeyOf = (seed) => ed25519.getPublicKey(seed);
