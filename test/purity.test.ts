import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');
const pureFolders = ['template', 'stack', 'plan', 'policy', 'approval', 'review', 'settings'];

/**
 * What a pure folder may use besides Slipway's own files: nothing that reads, waits, draws lots or calls out.
 * `node:vm` is there for one thing: to put an end to a template's own regular expression that explodes; `p-limit` comes
 * along with the schemas of the types in Vault, which stand beside what calls it, and does nothing by itself.
 */
const allowedPackages = new Set([
  '@bufbuild/cel',
  'diff',
  'node:crypto',
  'node:vm',
  'p-limit',
  'picomatch',
  'safe-stable-stringify',
  'yaml',
  'zod',
]);

/** Names that reach for a clock or for chance without an import. */
const impureNames =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bprocess\.|\bfetch\(|\bsetTimeout\(/;

describe('Pure folders stay pure', () => {
  test.each(pureFolders)('%s/ reaches nothing impure, through whatever it imports', (folder) => {
    const files = sourceFiles(join(src, folder));
    expect(files.length).toBeGreaterThan(0);
    expect(impurities(files)).toEqual([]);
  });

  test('the check sees an impure import, a chain that leads to one, and a clock', () => {
    expect(impurities([join(src, 'workflow/read-policies.ts')])).not.toEqual([]);
    expect(impurities([join(src, 'db/embedded.ts')]).some((i) => i.includes('@electric-sql/pglite'))).toBe(
      true,
    );
    expect(impurities([join(src, 'base/clock.ts')])).toContain(
      'base/clock.ts reaches for a clock, chance or the process',
    );
  });
});

/** Everything impure in the files and in what they import at run time, as sentences. */
function impurities(roots: readonly string[]): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const queue = [...roots];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const name = relative(src, file);
    const text = readFileSync(file, 'utf8');
    if (impureNames.test(withoutComments(text)))
      found.push(`${name} reaches for a clock, chance or the process`);
    for (const specifier of runtimeImports(text)) {
      if (specifier.startsWith('.')) queue.push(resolve(dirname(file), specifier));
      else if (!allowedPackages.has(packageOf(specifier))) found.push(`${name} imports ${specifier}`);
    }
  }
  return found.sort();
}

/** Specifiers of imports that are there at run time: those of types are erased. */
function runtimeImports(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm);
  const dynamic = text.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [...statements, ...dynamic].map((m) => m[1]!);
}

function packageOf(specifier: string): string {
  return specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
