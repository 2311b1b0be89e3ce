import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../policies/', import.meta.url);

/** The folders of `policies/`: the packs that ship. */
export const shippedPacks: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** The policy files that ship, as text. */
export const shippedFiles = shippedPacks.flatMap((pack) =>
  readdirSync(new URL(`${pack}/`, folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(`${pack}/${name}`, folder), 'utf8');
      return { path: `policies/${pack}/${name}`, text, pack };
    }),
);
