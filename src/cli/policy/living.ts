import pLimit from 'p-limit';
import { formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../../base/error.ts';
import type { StackCompliance } from '../../review/compliance.ts';
import { repositoryOf } from '../../stack/stack-id.ts';
import type { StackRecord, State } from '../../state/state.ts';
import { unanswered } from '../../workflow/compliance.ts';
import { isAlive } from '../../workflow/places.ts';
import type { LiveSource } from '../../workflow/read-live.ts';
import { findStack } from '../known-stack.ts';
import { presentFiles, recordedTarget, repositoryName } from '../local.ts';
import type { Terminal } from '../terminal.ts';

/** The options that name stacks of which something runs. */
export interface LivingOptions {
  readonly stack?: readonly string[];
  readonly environment?: string;
}

/** A stack that is there, with the settings and files of the working tree where it is one of theirs. */
export interface LivingStack {
  readonly record: StackRecord;
  readonly source: LiveSource & { readonly packs: readonly string[] };
  /** Whether it belongs to the repository that the command runs in: of others there are neither settings nor files. */
  readonly isOwn: boolean;
}

/** Each stack's target is asked for facts of its own; more at once only wait for one another's limits. */
const atOnce = 4;

/** The stacks that are named, or all that are there. Throws `state-missing` where one is not, with what was meant. */
export async function livingStacks(
  terminal: Terminal,
  state: State,
  { stack: named, environment }: LivingOptions,
): Promise<readonly LivingStack[]> {
  const records = named
    ? await Promise.all(named.map((name) => findStack(terminal, state, name, environment)))
    : await allAlive(state);
  const repository = await repositoryName(terminal);
  return Promise.all(
    records.map(async (record): Promise<LivingStack> => {
      // A state of one's own is of one's own repository, whatever its remote is called by now.
      const isOwn = !terminal.env.DATABASE_URL || repositoryOf(record.id) === repository;
      const { id: stack, file, account, region } = record;
      if (!isOwn) {
        const bare = { name: record.environment, after: [], approvals: [], account, region };
        return { record, isOwn, source: { stack, file, environment: bare, text: undefined, packs: [] } };
      }
      const target = await recordedTarget(terminal, record);
      const files = await presentFiles(terminal, record, undefined);
      return { record, isOwn, source: { stack, file, text: undefined, ...files, ...target } };
    }),
  );
}

async function allAlive(state: State): Promise<readonly StackRecord[]> {
  const records = (await state.stacks()).filter(({ status }) => status !== 'destroyed');
  const alive = await Promise.all(records.map(({ id }) => isAlive(state, id)));
  return records.filter((_, index) => alive[index]);
}

/** Asks about each; one that cannot be reached must not hide what is to be said of the others. */
export function askEach<T extends { readonly compliance: StackCompliance }>(
  stacks: readonly LivingStack[],
  ask: (stack: LivingStack) => Promise<T>,
): Promise<readonly (T | { readonly compliance: StackCompliance })[]> {
  const limit = pLimit(atOnce);
  return Promise.all(
    stacks.map((stack) =>
      limit(async () => {
        try {
          return await ask(stack);
        } catch (error) {
          if (!(error instanceof SlipwayError)) throw error;
          const { stack: id, environment, file } = stack.source;
          return { compliance: unanswered(id, environment.name, file, diagnosticsOf(error)) };
        }
      }),
    ),
  );
}

/** Says why a stack could not be looked at, or not in full. */
export function tellProblems(terminal: Terminal, { stack, diagnostics }: StackCompliance): void {
  if (hasErrors(diagnostics)) terminal.err(`${stack} could not be looked at:`);
  for (const diagnostic of diagnostics) terminal.err(formatDiagnostic(diagnostic));
}
