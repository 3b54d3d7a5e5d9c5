// Bytes, and nothing else.

export const EMPTY = new Uint8Array(0);

export const utf8 = (text) => new TextEncoder().encode(text);

export const hex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

export function unhex(text) {
  if (typeof text !== 'string' || !/^([0-9a-fA-F]{2})*$/.test(text)) {
    throw new TypeError('not hex');
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
}

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

// As unsigned bytes, a prefix before what it begins.
export const compare = (a, b) => Buffer.compare(a, b);

export const equal = (a, b) => a.length === b.length && compare(a, b) === 0;

export function u32be(n) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

export function u64be(n) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
}

export const readU32be = (bytes, at = 0) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

export const allZero = (bytes) => bytes.every((byte) => byte === 0);

export function littleEndian(bytes) {
  return bytes.length === 0 ? 0n : BigInt('0x' + hex(Uint8Array.from(bytes).reverse()));
}
