import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../../base/error.ts';
import { templatesOf } from '../../settings/paths.ts';
import { readTemplateFile } from '../files.ts';
import type { Terminal } from '../terminal.ts';

export interface TemplateFile {
  /** As the command line names it, or below the folder that it names. */
  readonly path: string;
  readonly text: string;
}

/**
 * The templates that paths name: files as they are; in folders, at any depth, what looks like one and is no parameter
 * file. Throws `usage` where a file is not there or a folder has none.
 */
export async function readTemplates(
  terminal: Terminal,
  paths: readonly string[],
): Promise<readonly TemplateFile[]> {
  const found = await Promise.all(paths.map((path) => templatesAt(terminal, path)));
  const byPlace = new Map(found.flat().map((file) => [resolve(terminal.cwd, file.path), file]));
  return [...byPlace.values()];
}

async function templatesAt(terminal: Terminal, path: string): Promise<readonly TemplateFile[]> {
  const place = resolve(terminal.cwd, path);
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [{ path, text: await readTemplateFile(terminal, path) }];
  const names = await namesBelow(place, '');
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(path, name), text: await readFile(join(place, name), 'utf8') })),
  );
  const templates = files.filter(({ text }) => /\bResources\b/.test(text));
  if (templates.length > 0) return templates;
  throw new SlipwayError('usage', {
    summary: `There is no template in ${path}`,
    detail: 'A template is a file that ends in .yaml, .yml or .json and holds Resources.',
    remedy: 'Name a folder that has some, or a file.',
  });
}

/** Without what is hidden and what others wrote. Links to folders are not followed: they may lead round in a circle. */
async function namesBelow(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = await Promise.all(
    sorted.map(async (entry) => {
      const name = join(below, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      if (entry.isDirectory()) return namesBelow(folder, name);
      return /\.(ya?ml|json)$/.test(entry.name) && templatesOf(entry.name).length === 0 ? [name] : [];
    }),
  );
  return names.flat();
}
