/** The templates of test/corpus as data: each with its text, its parameters, and an edit that a team might make. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Action } from '../../src/plan/plan.ts';
import { edits } from './edits.ts';

/** A second version of a template. */
export interface Edit {
  /** Texts of the template, each of which must be there exactly once, and what is written instead. */
  readonly replace?: readonly (readonly [from: string, to: string])[];
  /** The parameter file of the first version; the defaults serve where there is none. */
  readonly first?: Readonly<Record<string, string | number>>;
  /** What the parameter file says besides, or otherwise than before. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Everything that the plan of the second version does. */
  readonly changes: Readonly<Record<string, Action>>;
  /** Another template of the corpus, whose stack is there before this one and goes after it. */
  readonly needs?: string;
  /** Parameters whose values are outputs of the stack that is needed. */
  readonly given?: Readonly<Record<string, string>>;
  /** What is still in the cloud when the stack is gone, by kind. */
  readonly leaves?: readonly string[];
}

export interface Version {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

export interface CorpusTemplate extends Pick<Edit, 'changes' | 'needs' | 'given' | 'leaves'> {
  /** Without the ending of the file. */
  readonly name: string;
  readonly file: string;
  readonly first: Version;
  readonly second: Version;
}

const folder = new URL('./', import.meta.url);

/** All of them, by name. */
export const corpus: ReadonlyMap<string, CorpusTemplate> = new Map(
  readdirSync(folder)
    .filter((file) => /\.(yaml|json)$/.test(file))
    .sort()
    .map((file) => {
      const name = file.replace(/\.\w+$/, '');
      const edit = edits[name];
      if (!edit) throw new Error(`test/corpus/edits.ts has no edit of ${file}`);
      return [name, templateOf(name, file, edit)] as const;
    }),
);

function templateOf(name: string, file: string, edit: Edit): CorpusTemplate {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const parameters = edit.first ?? {};
  return {
    ...edit,
    name,
    file,
    first: { text, parameters },
    second: { text: edited(text, edit, file), parameters: { ...parameters, ...edit.parameters } },
  };
}

function edited(text: string, { replace = [] }: Edit, file: string): string {
  return replace.reduce((edit, [from, to]) => {
    if (edit.split(from).length !== 2) throw new Error(`${file} does not have exactly one ${from}`);
    return edit.replace(from, () => to);
  }, text);
}
