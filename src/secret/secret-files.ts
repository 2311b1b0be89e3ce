import { readFileSync } from 'node:fs';
import { SlipwayError } from '../base/error.ts';

/** Each of these can be given as a file instead, which no child process and no list of processes shows: `NAME_FILE`. */
const names = ['DATABASE_URL', 'SLIPWAY_ENCRYPTION_KEY', 'WEBHOOK_SECRET'] as const;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what is in the files that `DATABASE_URL_FILE` and the like name, in their places.
 *
 * @throws SlipwayError `config-invalid` for a file that cannot be read or has nothing in it, and where both are given
 */
export function withSecretFiles(env: Env): Env {
  const read = names.flatMap((name) => {
    const path = env[`${name}_FILE`];
    if (!path) return [];
    if (env[name]) {
      throw new SlipwayError('config-invalid', {
        summary: `${name} and ${name}_FILE are both set`,
        remedy: 'Set one of them.',
      });
    }
    return [[name, contentOf(name, path)] as const];
  });
  const files = names.map((name) => [`${name}_FILE`, undefined]);
  return { ...env, ...Object.fromEntries(files), ...Object.fromEntries(read) };
}

function contentOf(name: string, path: string): string {
  let content: string;
  try {
    // Editors end a file with a line end.
    content = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new SlipwayError('config-invalid', {
      summary: `${name}_FILE names a file that cannot be read: ${path}`,
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
  // As if it were not set, Slipway would begin an empty database, or one that is not encrypted.
  if (content === '') {
    throw new SlipwayError('config-invalid', {
      summary: `${name}_FILE names a file with nothing in it: ${path}`,
      remedy: `Write the value into it, or do without ${name}_FILE.`,
    });
  }
  return content;
}
