/** A scanner for tests that need one and not what it knows: it finds the lines of a template that say `# marked`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export interface MarkingScanner {
  /** The operator's file that names it: what it finds is `marks/M1`, and can be overridden. */
  readonly file: string;
  /** How often it looked at a text with this in it. */
  looks(at: string): Promise<number>;
}

const program = `
const fs = require('fs');
const text = fs.readFileSync(process.argv[1], 'utf8');
fs.appendFileSync(process.env.LOOKS, JSON.stringify(text) + '\\n');
const results = text.split('\\n').flatMap((line, index) => !line.includes('# marked') ? [] : [{
  ruleId: 'M1', level: 'error', message: { text: 'This line is marked' },
  locations: [{ physicalLocation: { artifactLocation: { uri: process.argv[1] }, region: { startLine: index + 1 } } }],
}]);
console.log(JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'marks' } }, results }] }));
`;

/** Made before the tests of a file, gone after them. */
export async function markingScanner(): Promise<MarkingScanner> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-marks-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const [file, looks] = [join(folder, 'scanners.yaml'), join(folder, 'looks')];
  await writeFile(looks, '');
  const scanner = {
    id: 'marks',
    kind: 'sarif',
    command: [process.execPath, '--eval', program, '--', '{template}'],
    environment: { LOOKS: looks },
    enforcement: 'overridable',
  };
  await writeFile(file, JSON.stringify({ scanners: [scanner] }));
  return {
    file,
    looks: async (at) =>
      (await readFile(looks, 'utf8'))
        .split('\n')
        .filter((line) => line.includes(JSON.stringify(at).slice(1, -1))).length,
  };
}
