// Reads an SQLite file without writing to it, the write-ahead log beside it included.

import { existsSync, readFileSync } from 'node:fs';
import initSqlJs from 'sql.js';

const HEADER = 32;
const FRAME = 24;

// The log's own running sum: a frame counts only while it goes on.
function checksum(view, from, to, little, [a, b]) {
  for (let at = from; at < to; at += 8) {
    a = (a + view.getUint32(at, little) + b) >>> 0;
    b = (b + view.getUint32(at + 4, little) + a) >>> 0;
  }
  return [a, b];
}

// The database as of the last committed frame of the log.
export function applyLog(main, log) {
  if (log.length < HEADER) return main;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return main;
  const little = magic === 0x377f0682;
  const pageSize = view.getUint32(8);
  let sum = checksum(view, 0, 24, little, [0, 0]);
  if (sum[0] !== view.getUint32(24) || sum[1] !== view.getUint32(28)) return main;
  const salts = [view.getUint32(16), view.getUint32(20)];
  let pending = new Map();
  const pages = new Map();
  let pageCount;
  for (let at = HEADER; at + FRAME + pageSize <= log.length; at += FRAME + pageSize) {
    if (view.getUint32(at + 8) !== salts[0] || view.getUint32(at + 12) !== salts[1]) break;
    sum = checksum(view, at, at + 8, little, sum);
    sum = checksum(view, at + FRAME, at + FRAME + pageSize, little, sum);
    if (sum[0] !== view.getUint32(at + 16) || sum[1] !== view.getUint32(at + 20)) break;
    pending.set(view.getUint32(at), log.subarray(at + FRAME, at + FRAME + pageSize));
    const committed = view.getUint32(at + 4);
    if (committed !== 0) {
      for (const [number, page] of pending) pages.set(number, page);
      pending = new Map();
      pageCount = committed;
    }
  }
  if (pageCount === undefined) return main;
  const whole = new Uint8Array(pageCount * pageSize);
  whole.set(main.subarray(0, whole.length));
  for (const [number, page] of pages) {
    if (number <= pageCount) whole.set(page, (number - 1) * pageSize);
  }
  return whole;
}

export async function openSqlite(path) {
  const log = `${path}-wal`;
  const whole = Uint8Array.from(
    applyLog(new Uint8Array(readFileSync(path)), existsSync(log) ? new Uint8Array(readFileSync(log)) : new Uint8Array(0)));
  // As if never in WAL mode: the copy in memory has no log.
  whole[18] = 1;
  whole[19] = 1;
  const { Database } = await initSqlJs();
  const database = new Database(whole);
  return {
    all(sql, ...values) {
      const statement = database.prepare(sql);
      try {
        statement.bind(values);
        const rows = [];
        while (statement.step()) rows.push(statement.getAsObject());
        return rows;
      } finally {
        statement.free();
      }
    },
    close: () => database.close(),
  };
}
