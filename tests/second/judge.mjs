// Judges vectors: node judge.mjs <file-or-directory>…
// A .json file holds one vector, a .jsonl file one a line. One line is printed for each mismatch.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isExample, judgeExample } from './lib/example.mjs';
import { isEvidence, judge, judgeEvidence } from './lib/vectors.mjs';

function* files(path) {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    const inside = join(path, name);
    if (statSync(inside).isDirectory() || /\.jsonl?$/.test(name)) yield* files(inside);
  }
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: node judge.mjs <file-or-directory>…');
  process.exit(2);
}

let judged = 0;
let mismatches = 0;
for (const path of paths.flatMap((one) => [...files(one)])) {
  const text = readFileSync(path, 'utf8');
  const vectors = path.endsWith('.jsonl') ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  vectors.forEach((one, i) => {
    judged++;
    let problem;
    let name = '';
    try {
      const vector = JSON.parse(one);
      name = vector.name ? ` ${vector.name}` : '';
      const judgeOne = isExample(vector) ? judgeExample : isEvidence(vector) ? judgeEvidence : judge;
      problem = judgeOne(vector);
    } catch (error) {
      problem = `cannot be judged: ${error.stack}`;
    }
    if (problem) {
      mismatches++;
      console.log(`${path}${vectors.length > 1 ? `:${i + 1}` : ''}${name}: ${problem}`);
    }
  });
}
console.log(`${judged} judged, ${mismatches} mismatches`);
process.exit(mismatches === 0 ? 0 : 1);
