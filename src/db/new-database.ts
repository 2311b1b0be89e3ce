import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import manifest from '../../package.json' with { type: 'json' };

/** Where `npm run generate` puts it: of this version of PGlite, since another may have other tables of its own. */
export const newDatabaseFile = new URL(
  `new-database.pglite-${manifest.dependencies['@electric-sql/pglite']}.tar.br`,
  import.meta.url,
);

/** The folder of an empty embedded database, as PGlite takes it. */
export async function newDatabase(): Promise<Blob> {
  const archive = await promisify(brotliDecompress)(await readFile(newDatabaseFile));
  return new Blob([new Uint8Array(archive)]);
}
