import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import type { Terminal } from './terminal.ts';

/** A template that has to be there. */
export function readTemplateFile(terminal: Terminal, path: string): Promise<string> {
  return readNamedFile(terminal, path, 'a template');
}

/**
 * A file that the command line names. Throws `usage`, with the place where it was looked for and what is there
 * instead.
 */
export async function readNamedFile(terminal: Terminal, path: string, what: string): Promise<string> {
  const place = resolve(terminal.cwd, path);
  try {
    return await readFile(place, 'utf8');
  } catch (cause) {
    throw await unreadable(path, place, what, cause);
  }
}

/** The text of a file that need not be there. Throws `usage` where it is there and cannot be read. */
export async function readIfThere(place: string): Promise<string | undefined> {
  try {
    return await readFile(place, 'utf8');
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw await unreadable(place, place, 'a file', cause);
  }
}

async function unreadable(path: string, place: string, what: string, cause: unknown): Promise<SlipwayError> {
  const detail = `It was looked for at ${place}.`;
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const meant = nearest(basename(place), await namesIn(dirname(place)));
      const remedy = meant ? `Did you mean ${join(dirname(path), meant)}?` : 'Check the path.';
      return new SlipwayError('usage', { summary: `There is no file ${path}`, detail, remedy, cause });
    }
    case 'EISDIR': {
      const [first] = (await namesIn(place)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
      return new SlipwayError('usage', {
        summary: `${path} is a folder, not ${what}`,
        detail,
        remedy: first ? `Name a file in it: ${join(path, first)}` : 'Name a file.',
        cause,
      });
    }
    default:
      return new SlipwayError('usage', {
        summary: `Cannot read ${path}`,
        detail: cause instanceof Error ? cause.message : detail,
        remedy: 'Check the path and who may read it.',
        cause,
      });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
