// Password, Secret Key and recovery code: KEYS.md.

import { argon2id } from '@noble/hashes/argon2.js';
import { concat, hex, utf8 } from './bytes.mjs';
import { derive } from './hash.mjs';
import { publicKeyOf } from './signature.mjs';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_KEY = { prefix: 'SV1', bytes: 16, digits: 26, checks: 4, modulus: 1_048_573n };
const RECOVERY = { prefix: 'SVR1', bytes: 20, digits: 32, checks: 3, modulus: 32_749n };

function numberDigits(number, count) {
  let text = '';
  for (let rest = number; text.length < count; rest >>= 5n) text = DIGITS[Number(rest & 31n)] + text;
  return text;
}

function digitsNumber(text) {
  return [...text].reduce((sum, digit) => sum * 32n + BigInt(DIGITS.indexOf(digit)), 0n);
}

export const crockford = (text) => text.toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0');

function readCode(text, kind) {
  const plain = text.replace(/-/g, '');
  if (plain.slice(0, kind.prefix.length).toUpperCase() !== kind.prefix) throw new Error('not such a code');
  const digits = crockford(plain.slice(kind.prefix.length));
  if (digits.length !== kind.digits + kind.checks || [...digits].some((digit) => !DIGITS.includes(digit))) {
    throw new Error('not such a code');
  }
  const number = digitsNumber(digits.slice(0, kind.digits));
  if (number >> BigInt(8 * kind.bytes) !== 0n) throw new Error('not such a code');
  if (digitsNumber(digits.slice(kind.digits)) !== number % kind.modulus) throw new Error('mistyped');
  return new Uint8Array(Buffer.from(number.toString(16).padStart(2 * kind.bytes, '0'), 'hex'));
}

function writeCode(bytes, kind) {
  const number = BigInt('0x' + hex(bytes));
  const digits = numberDigits(number, kind.digits) + numberDigits(number % kind.modulus, kind.checks);
  return [kind.prefix, ...digits.match(/.{5}/g)].join('-');
}

export const readSecretKey = (text) => readCode(text, SECRET_KEY);
export const writeSecretKey = (bytes) => writeCode(bytes, SECRET_KEY);
export const readRecoveryCode = (text) => readCode(text, RECOVERY);
export const writeRecoveryCode = (bytes) => writeCode(bytes, RECOVERY);

// The tables here are Node's; they differ from Unicode 14.0.0 only in characters that it had not assigned.
export function passwordBytes(password) {
  const typed = utf8(password).length;
  if (typed < 1 || typed > 1024) throw new RangeError('a password is 1 to 1,024 bytes');
  return utf8(password.normalize('NFKC'));
}

function unlockKeys(unlock, way) {
  const authSeed = derive(unlock, 32, undefined, `derive/${way}-auth-key`);
  return { authSeed, authKey: publicKeyOf(authSeed), wrapKey: derive(unlock, 32, undefined, `derive/${way}-wrap-key`) };
}

export function passwordUnlock(password, secretKey) {
  const salt = derive(secretKey, 16, undefined, 'derive/argon2id-salt');
  const passwordHash = argon2id(passwordBytes(password), salt, { m: 131_072, t: 3, p: 1, dkLen: 32 });
  return unlockKeys(derive(concat(passwordHash, secretKey), 32, undefined, 'derive/unlock-key'), 'password');
}

export const recoveryUnlock = (recoveryCode) =>
  unlockKeys(derive(recoveryCode, 32, undefined, 'derive/recovery-unlock-key'), 'recovery');
