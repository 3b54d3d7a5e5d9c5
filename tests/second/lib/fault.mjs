// A verdict. `inner` is the fault of an account chain inside a commit.

export class Fault extends Error {
  constructor(code, detail = '', inner = undefined) {
    super(`${code}${detail ? ` (${detail})` : ''}${inner ? `, inside: ${inner.message}` : ''}`);
    this.code = code;
    this.inner = inner;
  }
}

export function must(condition, code, detail) {
  if (!condition) throw new Fault(code, detail);
}

// Under its number: FORMAT.md names each.
export const TOO_LARGE = 101;
export const NOT_CANONICAL = 102;
export const NEWER_FORMAT = 103;
export const UNKNOWN_FORMAT = 104;
export const WRONG_CHAIN = 105;
export const WRONG_SEQ = 106;
export const WRONG_PREV = 107;
export const BAD_FIELD = 108;
export const SIGNATURE_COUNT = 109;
export const BAD_SIGNATURE = 110;
export const EMPTY_ENTRY = 111;
export const NOT_ASCENDING = 112;
