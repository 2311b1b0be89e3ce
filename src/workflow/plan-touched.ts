import type { Diagnostic } from '../base/diagnostic.ts';
import { parameterFiles } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';
import type { TouchedStack } from './discover.ts';
import type { StackSource } from './plan-stack.ts';
import type { ReadFollowers } from './plan-together.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { Workflow } from './workflow.ts';

/** The text of every touched stack at a commit; stacks of which nothing is there, and nothing was, are left out. */
export async function readSources(
  workflow: Workflow,
  repository: Repository,
  touched: readonly TouchedStack[],
  commit: string,
  pullRequest: Pick<PullRequest, 'author' | 'number'>,
  packs: readonly string[],
): Promise<readonly StackSource[]> {
  const paths = touched.flatMap((t) => (t.removed ? [] : [t.file, ...t.parameterFiles]));
  const texts = paths.length > 0 ? await repository.readFiles(commit, paths) : new Map<string, string>();
  const sources: StackSource[] = [];
  for (const stack of touched) {
    const text = texts.get(stack.file);
    if ((text === undefined || !looksLikeTemplate(text)) && !(await isAlive(workflow, stack))) continue;
    const parameterFile = stack.parameterFiles.find((path) => texts.has(path));
    const refused = renamed(stack);
    sources.push({
      stack: stack.stack,
      environment: stack.environment,
      file: stack.file,
      text,
      packs,
      author: pullRequest.author,
      session: `pr-${pullRequest.number}`,
      ...(parameterFile === undefined
        ? {}
        : { parameters: { file: parameterFile, text: texts.get(parameterFile)! } }),
      ...(refused ? { refused } : {}),
    });
  }
  return sources;
}

/** Reads the stacks that nobody touched and that are planned with the touched ones, of the same commit. */
export function followersAt(
  workflow: Workflow,
  repository: Repository,
  { environments, policies }: Pick<Settings, 'environments' | 'policies'>,
  commit: string,
  pullRequest: Pick<PullRequest, 'author' | 'number'>,
): ReadFollowers {
  return async (stacks) => {
    if (stacks.length === 0) return [];
    const touched = stacks.flatMap(({ id: stack, environment: name, file }): TouchedStack[] => {
      const environment = environments.find((e) => e.name === name);
      if (!environment) return [];
      return [{ stack, environment, file, parameterFiles: parameterFiles(file, name), removed: false }];
    });
    const sources = await readSources(workflow, repository, touched, commit, pullRequest, policies);
    // One whose template went away unseen is not for this pull request to destroy.
    return sources.filter(({ text }) => text !== undefined);
  };
}

/** A glob may cover files that are no templates; one that says `Resources` anywhere is taken for one. */
function looksLikeTemplate(text: string): boolean {
  return /\bResources\b/.test(text);
}

/** Also while its first resource is being made: a revert that is merged then must not find nothing to take away. */
async function isAlive({ state }: Workflow, { stack }: TouchedStack): Promise<boolean> {
  return (await state.resources(stack)).length > 0 || (await state.unfinishedRun(stack)) !== undefined;
}

/** To rename the template of a living stack would destroy and create everything; nobody means that. */
function renamed(touched: TouchedStack): Diagnostic | undefined {
  if (touched.renamedTo === undefined) return undefined;
  return {
    severity: 'error',
    code: 'template-renamed',
    summary: `${touched.file} was renamed to ${touched.renamedTo} while its stack in ${touched.environment.name} exists`,
    detail:
      "A stack is known by its template's path: under another path it would be made anew and the old one destroyed.",
    remedy:
      'Keep the path, or remove the template first and add it under its new path in a second pull request.',
    where: { file: touched.renamedTo, line: 1, column: 1 },
  };
}
