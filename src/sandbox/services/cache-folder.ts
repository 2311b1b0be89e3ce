import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where servers are installed to: `.cache/` at the top of the project, or what `SLIPWAY_CACHE` says. */
export function cacheFolder(): string {
  const chosen = process.env.SLIPWAY_CACHE;
  if (chosen !== undefined && chosen !== '') return chosen;
  return join(fileURLToPath(new URL('../../../', import.meta.url)), '.cache');
}
