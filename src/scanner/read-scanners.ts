import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SlipwayError } from '../base/error.ts';
import { readArchive } from './bundle-archive.ts';
import { guardScanner } from './guard-scanner.ts';
import { parseScanners } from './parse-scanners.ts';
import { type Bundle, regoBundle } from './rego-bundle.ts';
import { regoServer } from './rego-server.ts';
import { sarifScanner } from './sarif-scanner.ts';
import type { Scanner } from './scanner.ts';
import { type Scanners, scannersOf } from './scanners.ts';
import type { Kind, ScannerOf } from './scanners-file.ts';

/** Opens a scanner of a kind; what its settings name is looked for from `folder`. */
const openers: { readonly [K in Kind]: (settings: ScannerOf<K>, folder: string) => Promise<Scanner> } = {
  async sarif(settings, folder) {
    return sarifScanner({ ...settings, command: commandFrom(settings.command, folder) });
  },
  async 'cfn-guard'(settings, folder) {
    const files = settings.files.map((file) => resolve(folder, file));
    for (const file of files) await look(file, () => stat(file));
    return guardScanner({ ...settings, files, command: commandFrom(settings.command, folder) });
  },
  async rego(settings, folder) {
    const { url, bundle = '' } = settings;
    if (url !== undefined) return regoServer({ ...settings, url });
    const file = resolve(folder, bundle);
    return regoBundle(await look(file, async () => bundleOf(await readFile(file))), settings);
  },
};

/**
 * Reads the operator's file of scanners and makes them ready. Throws `scanner-invalid` with every mistake: a scanner
 * that is left out is a gate that is not there.
 *
 * @param file its path; what it names is looked for from its folder. Without it there are none
 * @param cwd where a relative path begins
 */
export async function readScanners(file: string | undefined, cwd = '.'): Promise<Scanners> {
  if (file === undefined) return scannersOf([]);
  const place = resolve(cwd, file);
  const text = await look(file, () => readFile(place, 'utf8'));
  const { scanners, diagnostics } = parseScanners(text, file);
  if (!scanners) {
    throw new SlipwayError('scanner-invalid', { summary: 'The file of scanners has errors', diagnostics });
  }
  const folder = dirname(place);
  const open = scanners.map(async (settings) => ({
    weights: { untouched: 'block' as const, ...settings },
    scanner: await openers[settings.kind](settings as never, folder),
  }));
  return scannersOf(await Promise.all(open));
}

/** A program's name is looked for on PATH; a path begins at the file, since the tool runs in a folder of its own. */
function commandFrom([program = '', ...args]: readonly string[], folder: string): string[] {
  return [program.includes('/') ? resolve(folder, program) : program, ...args];
}

async function look<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new SlipwayError('scanner-invalid', {
      summary: `Cannot read ${file}, which is for the scanners`,
      detail: cause instanceof Error ? cause.message : String(cause),
      remedy: 'Check the path, and what it is.',
      cause,
    });
  }
}

const gzip = [0x1f, 0x8b];

function bundleOf(bytes: Uint8Array): Bundle {
  if (bytes[0] !== gzip[0] || bytes[1] !== gzip[1]) return { wasm: bytes, data: {} };
  const files = readArchive(bytes, ['policy.wasm', 'data.json']);
  const wasm = files.get('policy.wasm');
  if (!wasm)
    throw new Error('The bundle has no policy.wasm; build it with opa build -t wasm -e slipway/deny');
  const data = files.get('data.json');
  return { wasm, data: data ? JSON.parse(Buffer.from(data).toString('utf8')) : {} };
}
