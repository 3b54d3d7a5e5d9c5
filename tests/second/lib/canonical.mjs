// Protobuf, driven by the text of the .proto files, with the one encoding of FORMAT.md section 3.
//
// `decode` is lenient (any order, unknown fields dropped, the last of two wins); `encode` writes the one encoding;
// `isCanonical` asks whether both agree with the bytes given.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EMPTY, concat, equal, utf8 } from './bytes.mjs';

const SCALARS = new Set(['bytes', 'string', 'uint32', 'uint64', 'int32', 'int64', 'bool']);
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const START = 3;
const END = 4;
const FIXED32 = 5;
const DEPTH_MAX = 99;

// The few words of the language that the definitions use; anything else throws.
export function parseProto(text, schema = { messages: new Map(), enums: new Map() }) {
  const words = text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\/\/[^\n]*/g, ' ')
    .match(/"[^"]*"|[A-Za-z_][\w.]*|\d+|[{}()=;<>,[\]-]/g) ?? [];
  let at = 0;
  const next = () => words[at++];
  const expect = (word) => {
    const got = next();
    if (got !== word) throw new SyntaxError(`expected ${word}, got ${got}`);
  };
  const skipStatement = () => {
    while (next() !== ';');
  };
  const skipBlock = () => {
    while (next() !== '{');
    for (let depth = 1; depth > 0; ) {
      const word = next();
      if (word === '{') depth++;
      if (word === '}') depth--;
    }
  };
  const fieldsUntilBrace = (fields, oneof) => {
    for (let word = next(); word !== '}'; word = next()) {
      if (word === 'oneof') {
        const name = next();
        expect('{');
        fieldsUntilBrace(fields, name);
        continue;
      }
      const repeated = word === 'repeated';
      const type = repeated ? next() : word;
      const name = next();
      expect('=');
      const number = Number(next());
      expect(';');
      if (!Number.isInteger(number)) throw new SyntaxError(`field ${name}`);
      fields.push({ number, name, type: type.split('.').at(-1), repeated, oneof });
    }
  };
  while (at < words.length) {
    const word = next();
    if (word === 'message') {
      const name = next();
      expect('{');
      const fields = [];
      fieldsUntilBrace(fields, undefined);
      fields.sort((a, b) => a.number - b.number);
      schema.messages.set(name, { name, fields, byNumber: new Map(fields.map((field) => [field.number, field])) });
    } else if (word === 'enum') {
      const name = next();
      expect('{');
      const values = new Map();
      for (let value = next(); value !== '}'; value = next()) {
        expect('=');
        values.set(value, Number(next()));
        expect(';');
      }
      schema.enums.set(name, values);
    } else if (word === 'service') {
      skipBlock();
    } else if (['syntax', 'package', 'import', 'option'].includes(word)) {
      skipStatement();
    } else {
      throw new SyntaxError(`unexpected ${word}`);
    }
  }
  return schema;
}

function loadSchema() {
  const folder = new URL('../../../protos/vault/v1/', import.meta.url);
  const schema = { messages: new Map(), enums: new Map() };
  for (const name of readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.proto')).sort()) {
    parseProto(readFileSync(new URL(name, folder), 'utf8'), schema);
  }
  for (const { name, fields } of schema.messages.values()) {
    for (const field of fields) {
      field.kind = SCALARS.has(field.type)
        ? field.type
        : schema.enums.has(field.type) ? 'enum'
        : schema.messages.has(field.type) ? 'message'
        : undefined;
      if (!field.kind) throw new SyntaxError(`${name}.${field.name} is of an unknown type`);
      // Packed lists would be a second encoding; the definitions have none.
      if (field.repeated && !['bytes', 'string', 'message'].includes(field.kind)) {
        throw new SyntaxError(`${name}.${field.name} is a list of numbers`);
      }
    }
  }
  return schema;
}

export const schema = loadSchema();

export const enumValue = (type, name) => schema.enums.get(type).get(name);

function messageType(type) {
  const message = schema.messages.get(type);
  if (!message) throw new TypeError(`no message ${type}`);
  return message;
}

const DEFAULTS = {
  bytes: () => EMPTY,
  string: () => '',
  uint32: () => 0,
  int32: () => 0,
  uint64: () => 0n,
  int64: () => 0n,
  bool: () => false,
  enum: () => 0,
  message: () => undefined,
};

export function empty(type) {
  const value = {};
  for (const field of messageType(type).fields) {
    value[field.name] = field.repeated ? [] : DEFAULTS[field.kind]();
  }
  return value;
}

export class MalformedError extends Error {}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get done() {
    return this.at === this.bytes.length;
  }

  varint() {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.done) throw new MalformedError('a varint is cut off');
      const byte = this.bytes[this.at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedError('a varint is too long');
  }

  take(length) {
    if (length > this.bytes.length - this.at) throw new MalformedError('a field is cut off');
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  length() {
    const length = this.varint();
    if (length > BigInt(this.bytes.length - this.at)) throw new MalformedError('a field is cut off');
    return this.take(Number(length));
  }

  tag() {
    const tag = this.varint();
    if (tag > 0xffffffffn || tag < 8n) throw new MalformedError('not a tag');
    return { number: Number(tag >> 3n), wire: Number(tag & 7n) };
  }

  skip({ number, wire }, depth) {
    switch (wire) {
      case VARINT: this.varint(); break;
      case FIXED64: this.take(8); break;
      case LENGTH: this.length(); break;
      case FIXED32: this.take(4); break;
      case START:
        if (depth > DEPTH_MAX) throw new MalformedError('too deep');
        for (;;) {
          const inner = this.tag();
          if (inner.wire === END) {
            if (inner.number !== number) throw new MalformedError('a group ends as another');
            break;
          }
          this.skip(inner, depth + 1);
        }
        break;
      default: throw new MalformedError('a wire type that is none');
    }
  }
}

const READERS = {
  bytes: (reader) => reader.length(),
  string: (reader) => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(reader.length());
    } catch (error) {
      throw error instanceof MalformedError ? error : new MalformedError('not UTF-8');
    }
  },
  uint32: (reader) => Number(BigInt.asUintN(32, reader.varint())),
  int32: (reader) => Number(BigInt.asIntN(32, reader.varint())),
  uint64: (reader) => reader.varint(),
  int64: (reader) => BigInt.asIntN(64, reader.varint()),
  bool: (reader) => reader.varint() !== 0n,
  enum: (reader) => Number(BigInt.asIntN(32, reader.varint())),
};

const wireOf = (kind) => (['bytes', 'string', 'message'].includes(kind) ? LENGTH : VARINT);

// A field of the wrong wire type counts as unknown.
export function decode(type, bytes, depth = 0, into = empty(type)) {
  if (depth > DEPTH_MAX) throw new MalformedError('too deep');
  const message = messageType(type);
  const reader = new Reader(bytes);
  while (!reader.done) {
    const tag = reader.tag();
    const field = message.byNumber.get(tag.number);
    if (!field || wireOf(field.kind) !== tag.wire) {
      reader.skip(tag, depth + 1);
      continue;
    }
    if (field.oneof !== undefined) {
      for (const other of message.fields) {
        if (other !== field && other.oneof === field.oneof) into[other.name] = DEFAULTS[other.kind]();
      }
    }
    if (field.kind === 'message') {
      const present = field.repeated ? undefined : into[field.name];
      const value = decode(field.type, reader.length(), depth + 1, present ?? empty(field.type));
      if (field.repeated) into[field.name].push(value);
      else into[field.name] = value;
    } else if (field.repeated) {
      into[field.name].push(READERS[field.kind](reader));
    } else {
      into[field.name] = READERS[field.kind](reader);
    }
  }
  return into;
}

function varintBytes(value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const record = (number, bytes) => [varintBytes(number * 8 + LENGTH), varintBytes(bytes.length), bytes];

// Missing properties count as default values; unknown ones throw.
export function encode(type, value) {
  const message = messageType(type);
  for (const name of Object.keys(value)) {
    if (!message.fields.some((field) => field.name === name)) throw new TypeError(`${type} has no ${name}`);
  }
  const parts = [];
  for (const field of message.fields) {
    const present = value[field.name];
    if (present === undefined || present === null) continue;
    const payload = (one) =>
      field.kind === 'message' ? encode(field.type, one) : field.kind === 'string' ? utf8(one) : one;
    if (field.repeated) {
      for (const one of present) parts.push(...record(field.number, payload(one)));
    } else if (field.kind === 'message') {
      parts.push(...record(field.number, payload(present)));
    } else if (field.kind === 'bytes' || field.kind === 'string') {
      const bytes = payload(present);
      if (bytes.length > 0) parts.push(...record(field.number, bytes));
    } else if (BigInt(present) !== 0n) {
      parts.push(varintBytes(field.number * 8 + VARINT), varintBytes(present));
    }
  }
  return concat(...parts);
}

export const isCanonical = (type, value, bytes) => equal(encode(type, value), bytes);
