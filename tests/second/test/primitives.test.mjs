// Each primitive against its standard's own numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { argon2id } from '@noble/hashes/argon2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, hex, littleEndian, unhex, utf8 } from '../lib/bytes.mjs';
import { hpkeSchedule, xwingDecapsulate, xwingEncapsulate, xwingPublicKey } from '../lib/crypto.mjs';
import { verifyStrict } from '../lib/signature.mjs';
import { sha512 } from '@noble/hashes/sha2.js';

const { Point } = ed25519;
const L = Point.Fn.ORDER;

const to32 = (n) => Uint8Array.from(Buffer.from(n.toString(16).padStart(64, '0'), 'hex')).reverse();

const RFC8032 = [
  ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '', 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
  ['4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72', '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
  ['c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82', '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
];

test('Ed25519: RFC 8032, 7.1, tests 1 to 3', () => {
  for (const [seed, key, message, signature] of RFC8032) {
    assert.equal(hex(ed25519.getPublicKey(unhex(seed))), key);
    assert.equal(hex(ed25519.sign(unhex(message), unhex(seed))), signature);
    assert.ok(verifyStrict(unhex(signature), unhex(message), unhex(key)));
  }
});

// A signature by the scalar `a` under the key `keyBytes`, with R = [r]B + `torsion`.
function forge(message, a, keyBytes, r, torsion = Point.ZERO) {
  const rBytes = Point.BASE.multiply(r).add(torsion).toBytes();
  const k = littleEndian(sha512(concat(rBytes, keyBytes, message))) % L;
  return concat(rBytes, to32((r + k * a) % L));
}

// A point of order 8.
const TORSION = Point.fromBytes(unhex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'), true);

test('Ed25519: what strictness refuses', () => {
  const message = utf8('message');
  const key = Point.BASE.multiply(5n).toBytes();
  const good = forge(message, 5n, key, 77n);
  assert.ok(verifyStrict(good, message, key));

  const tooLarge = concat(good.subarray(0, 32), to32(littleEndian(good.subarray(32)) + L));
  assert.ok(!verifyStrict(tooLarge, message, key), 'S not below the order');

  assert.ok(!verifyStrict(forge(message, 5n, key, 77n, TORSION), message, key), 'R with a part of small order');

  const mixed = Point.BASE.multiply(5n).add(TORSION).toBytes();
  for (let r = 1n, refused = 0; refused < 4; r++) {
    const signature = forge(message, 5n, mixed, r);
    const k = littleEndian(sha512(concat(signature.subarray(0, 32), mixed, message))) % L;
    // Only where 8 does not divide k do the equations with and without the cofactor differ.
    assert.equal(verifyStrict(signature, message, mixed), k % 8n === 0n);
    if (k % 8n !== 0n) refused++;
  }

  for (const small of [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    // Not canonical: y = p, p + 1; x = 0 with a sign.
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0100000000000000000000000000000000000000000000000000000000000080',
  ].map(unhex)) {
    for (let r = 1n; r < 9n; r++) assert.ok(!verifyStrict(forge(message, 0n, small, r), message, small), 'A');
    const k = littleEndian(sha512(concat(small, key, message))) % L;
    assert.ok(!verifyStrict(concat(small, to32((k * 5n) % L)), message, key), 'R');
  }
  assert.ok(!verifyStrict(good.subarray(0, 63), message, key));
  assert.ok(!verifyStrict(good, message, key.subarray(0, 31)));
});

test('HKDF-SHA-256: RFC 5869, A.1 and A.3', () => {
  const ikm = unhex('0b'.repeat(22));
  assert.equal(
    hex(hkdf(sha256, ikm, unhex('000102030405060708090a0b0c'), unhex('f0f1f2f3f4f5f6f7f8f9'), 42)),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
  assert.equal(
    hex(hkdf(sha256, ikm, new Uint8Array(0), new Uint8Array(0), 42)),
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
});

test('XChaCha20-Poly1305: draft-irtf-cfrg-xchacha, A.3.1', () => {
  const plaintext = utf8("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
  const sealed = xchacha20poly1305(
    unhex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
    unhex('404142434445464748494a4b4c4d4e4f5051525354555657'),
    unhex('50515253c0c1c2c3c4c5c6c7'),
  ).encrypt(plaintext);
  assert.equal(hex(sealed).slice(0, 32), 'bd6d179d3e83d43b9576579493c0e939');
  assert.equal(hex(sealed).slice(-32), 'c0875924c1c7987947deafd8780acf49');
});

test('Argon2id: RFC 9106, 5.3', () => {
  assert.equal(
    hex(argon2id(unhex('01'.repeat(32)), unhex('02'.repeat(16)), {
      t: 3, m: 32, p: 4, version: 0x13, key: unhex('03'.repeat(8)), personalization: unhex('04'.repeat(12)), dkLen: 32,
    })),
    '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
});

test('HPKE key schedule: RFC 9180, A.2.1', () => {
  const made = hpkeSchedule(0x0020, 0x0001, 0x0003, 32,
    unhex('0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7'),
    unhex('4f6465206f6e2061204772656369616e2055726e'));
  assert.equal(hex(made.secret), '5b9cd775e64b437a2335cf499361b2e0d5e444d5cb41a8a53336d8fe402282c6');
  assert.equal(hex(made.key), 'ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91');
  assert.equal(hex(made.baseNonce), '5c4d98150661b848853b547f');
  assert.equal(hex(made.exporterSecret), 'a3b010d4994890e2c6968a36f64470d3c824c8f5029942feb11e7a74b2921922');
});

test('X-Wing: draft-connolly-cfrg-xwing-kem, first vector', () => {
  const seed = unhex('7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26');
  const random = unhex('3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2');
  const { enc, shared } = xwingEncapsulate(xwingPublicKey(seed), random);
  assert.equal(hex(shared), 'd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384');
  assert.equal(enc.length, 1120);
  assert.deepEqual(xwingDecapsulate(seed, enc), shared);
});
