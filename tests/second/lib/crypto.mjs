// Boxes, padding, X-Wing and HPKE: FORMAT.md section 6.

import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { timingSafeEqual } from 'node:crypto';
import { EMPTY, allZero, concat, readU32be, u32be, utf8 } from './bytes.mjs';
import { derive, hash } from './hash.mjs';

const BOX_OVERHEAD = 81;
const CLASS_MIN = 512;
const CLASS_MAX = 1_048_576;

export class OpenError extends Error {}

function boxKeys(key, salt, context) {
  const all = derive(key, 88, salt, ...context);
  return { key: all.subarray(0, 32), nonce: all.subarray(32, 56), commitment: all.subarray(56) };
}

// `context` is the tag's name and the parts after it.
export function openBox(key, context, box) {
  try {
    if (box.length < BOX_OVERHEAD || box[0] !== 1) throw new OpenError();
    const keys = boxKeys(key, box.subarray(1, 33), context);
    if (!timingSafeEqual(keys.commitment, box.subarray(33, 65))) throw new OpenError();
    return xchacha20poly1305(keys.key, keys.nonce).decrypt(Uint8Array.from(box.subarray(65)));
  } catch {
    throw new OpenError('a box does not open');
  }
}

export function makeBox(key, context, plaintext, salt) {
  const keys = boxKeys(key, salt, context);
  return concat(Uint8Array.of(1), salt, keys.commitment, xchacha20poly1305(keys.key, keys.nonce).encrypt(plaintext));
}

function paddingClass(length) {
  let size = CLASS_MIN;
  while (size < length + 4) size *= 2;
  return size;
}

export function pad(plaintext) {
  const size = paddingClass(plaintext.length);
  if (size > CLASS_MAX) throw new RangeError('too long to pad');
  return concat(u32be(plaintext.length), plaintext, new Uint8Array(size - 4 - plaintext.length));
}

export function unpad(padded) {
  if (padded.length < CLASS_MIN || padded.length > CLASS_MAX) throw new OpenError('bad padding');
  const length = readU32be(padded);
  if (length > padded.length - 4 || paddingClass(length) !== padded.length || !allZero(padded.subarray(4 + length))) {
    throw new OpenError('bad padding');
  }
  return padded.subarray(4, 4 + length);
}

// X-Wing: draft-connolly-cfrg-xwing-kem, from its parts.
const XWING_LABEL = utf8('\\.//^\\');

function xwingExpand(seed) {
  const all = shake256(seed, { dkLen: 96 });
  const kem = ml_kem768.keygen(all.subarray(0, 64));
  const x = all.subarray(64);
  return { kem, x, publicX: x25519.getPublicKey(x) };
}

const xwingCombine = (secretM, secretX, cipherX, publicX) =>
  sha3_256(concat(secretM, secretX, cipherX, publicX, XWING_LABEL));

// noble refuses an all-zero X25519 result; X-Wing keeps it.
function x25519Shared(secret, point) {
  try {
    return x25519.getSharedSecret(secret, point);
  } catch {
    return new Uint8Array(32);
  }
}

export function xwingPublicKey(seed) {
  const { kem, publicX } = xwingExpand(seed);
  return concat(kem.publicKey, publicX);
}

export function xwingDecapsulate(seed, enc) {
  if (enc.length !== 1120) throw new OpenError('a seal does not open');
  const { kem, x, publicX } = xwingExpand(seed);
  const cipherX = enc.subarray(1088);
  const secretM = ml_kem768.decapsulate(Uint8Array.from(enc.subarray(0, 1088)), kem.secretKey);
  return xwingCombine(secretM, x25519Shared(x, cipherX), cipherX, publicX);
}

// `random`: 32 bytes for ML-KEM, then 32 for X25519.
export function xwingEncapsulate(publicKey, random) {
  const publicX = publicKey.subarray(1184);
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey.subarray(0, 1184), random.subarray(0, 32));
  const ephemeral = random.subarray(32, 64);
  const cipherX = x25519.getPublicKey(ephemeral);
  const secretX = x25519Shared(ephemeral, publicX);
  return { enc: concat(cipherText, cipherX), shared: xwingCombine(sharedSecret, secretX, cipherX, publicX) };
}

// HPKE's key schedule in base mode (RFC 9180, 5.1).
export function hpkeSchedule(kem, kdf, aead, keyLength, shared, info) {
  const u16 = (n) => Uint8Array.of(n >> 8, n & 0xff);
  const suite = concat(utf8('HPKE'), u16(kem), u16(kdf), u16(aead));
  const labeledExtract = (salt, label, ikm) => extract(sha256, concat(utf8('HPKE-v1'), suite, utf8(label), ikm), salt);
  const labeledExpand = (prk, label, rest, length) =>
    expand(sha256, prk, concat(u16(length), utf8('HPKE-v1'), suite, utf8(label), rest), length);
  const context = concat(
    Uint8Array.of(0),
    labeledExtract(EMPTY, 'psk_id_hash', EMPTY),
    labeledExtract(EMPTY, 'info_hash', info),
  );
  const secret = labeledExtract(shared, 'secret', EMPTY);
  return {
    context,
    secret,
    key: labeledExpand(secret, 'key', context, keyLength),
    baseNonce: labeledExpand(secret, 'base_nonce', context, 12),
    exporterSecret: labeledExpand(secret, 'exp', context, 32),
  };
}

const sealSchedule = (shared, info) => hpkeSchedule(0x647a, 0x0001, 0x0003, 32, shared, info);

export function openSeal(seed, info, sealed) {
  try {
    const { key, baseNonce } = sealSchedule(xwingDecapsulate(seed, sealed.subarray(0, 1120)), info);
    return chacha20poly1305(key, baseNonce).decrypt(Uint8Array.from(sealed.subarray(1120)));
  } catch {
    throw new OpenError('a seal does not open');
  }
}

export function makeSeal(publicKey, info, plaintext, random) {
  const { enc, shared } = xwingEncapsulate(publicKey, random);
  const { key, baseNonce } = sealSchedule(shared, info);
  return concat(enc, chacha20poly1305(key, baseNonce).encrypt(plaintext));
}

export const epochCommitment = (group, epoch, key) => hash('hash/group-key-commitment', group, BigInt(epoch), key);
