import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { webhookEvents } from '../../src/github/events/registry.ts';
import { parseScanners } from '../../src/scanner/parse-scanners.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import { generatedPoliciesReadme, generatedReadme, resourceTypesPage } from '../generate/docs.ts';
import { situationsPage } from '../generate/situations-page.ts';

const top = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, top), 'utf8');

describe('What is written down is what is there', () => {
  test('the generated parts of the README are as npm run generate makes them', async () => {
    const readme = await read('README.md');
    expect(readme).toBe(generatedReadme(readme));
  });

  test("the functions in the policies' README are those that there are", async () => {
    const readme = await read('policies/README.md');
    expect(readme).toBe(generatedPoliciesReadme(readme));
  });

  test('docs/resource-types.md is as npm run generate makes it', async () => {
    expect(await read('docs/resource-types.md')).toBe(resourceTypesPage());
  });

  test('docs/situations.md is as npm run generate makes it', async () => {
    expect(await read('docs/situations.md')).toBe(situationsPage());
  });

  test('the README names every variable that the server reads, and no other', async () => {
    const config = await read('src/http/config.ts');
    const used = new Set(
      [...config.matchAll(/\benv\.([A-Z_]+)|need\(\s*'([A-Z_]+)'/g)].map((m) => m[1] ?? m[2]!),
    );
    const files = await read('src/secret/secret-files.ts');
    for (const [, name] of files.matchAll(/'([A-Z_]+)'/g)) used.add(`${name}_FILE`);
    const limits = await read('src/http/limits.ts');
    for (const [, name] of limits.matchAll(/'(SLIPWAY_PARALLEL[A-Z_]*)'/g)) used.add(name!);
    const vaults = await read('src/secret/vault/configuration.ts');
    for (const [, read, listed] of vaults.matchAll(/\benv\.([A-Z_]+)|'(SLIPWAY_VAULT_[A-Z_]+)'/g))
      used.add(read ?? listed!);
    const readme = await read('README.md');
    const sections = ['### Configuration', '### Vault'].map(
      (title) => readme.split(title)[1]!.split('\n### ')[0]!,
    );
    const named = new Set([...sections.join('').matchAll(/`([A-Z][A-Z_]+)`/g)].map((m) => m[1]!));
    // Named because it is not heard, and Node's own.
    for (const name of ['VAULT_SKIP_VERIFY', 'NODE_OPTIONS']) named.delete(name);
    // The SDK's own second name for the region needs no row.
    used.delete('AWS_DEFAULT_REGION');
    expect([...named].sort()).toEqual([...used].sort());
  });

  test('the settings in the README are valid settings', async () => {
    const example = /```yaml settings\n([\s\S]*?)```/.exec(await read('README.md'))![1]!;
    const { settings, diagnostics } = parseSettings(example, 'README.md');
    expect(diagnostics).toEqual([]);
    expect(settings?.environments.map((e) => e.name)).toEqual(['dev', 'prod']);
  });

  test('the scanners in the README are valid scanners', async () => {
    const readme = await read('README.md');
    const ids = ['yaml scanners\\n', "sh scanners\\ncat > scanners.yaml <<'YAML'\\n"].flatMap((begin) => {
      const text = new RegExp(`\`\`\`${begin}([\\s\\S]*?)(?:YAML|\`\`\`)`).exec(readme)![1]!;
      const { scanners, diagnostics } = parseScanners(text, 'README.md');
      expect(diagnostics).toEqual([]);
      return scanners?.map(({ id }) => id);
    });
    expect(ids).toEqual(['control-tower', 'org', 'opa', 'cfn-lint']);
  });

  test('app.yml subscribes to exactly the events that are handled', async () => {
    const manifest = parse(await read('app.yml'));
    expect([...manifest.default_events].sort()).toEqual(Object.keys(webhookEvents).sort());
  });

  test('every link in the README to a file or folder of this repository leads somewhere', async () => {
    const links = [...(await read('README.md')).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((m) => m[1]!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(new URL(link, top)))).toEqual([]);
  });

  test('every link inside the README leads to a heading', async () => {
    const readme = await read('README.md');
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-');
    const headings = new Set([...readme.matchAll(/^#+ (.+)$/gm)].map((m) => slug(m[1]!)));
    const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map((m) => m[1]!);
    expect(links.filter((link) => !headings.has(link))).toEqual([]);
  });
});
