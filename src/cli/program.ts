import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnosticsOf, formatError, SlipwayError } from '../base/error.ts';
import { withSecretFiles } from '../secret/secret-files.ts';
import { commands } from './commands/registry.ts';
import { exitCodes, type Terminal } from './terminal.ts';

/**
 * Defines one verb: its arguments, options and examples. The verb's action calls `choose` with the work to do,
 * which gives the exit code.
 */
export type DefineCommand = (
  command: Command,
  terminal: Terminal,
  choose: (work: () => Promise<number>) => void,
) => void;

/** A verb as `--help` lists it. What it can be asked for and its work are loaded when it is meant: most take long. */
export interface LoadedVerb {
  /** What it does, in one line. */
  readonly summary: string;
  load(): Promise<DefineCommand>;
}

/** A verb that has verbs of its own: `policy list`, `policy show`. */
export interface VerbGroup {
  readonly summary: string;
  readonly examples: readonly string[];
  readonly verbs: Verbs;
}

export type Verbs = Readonly<Record<string, LoadedVerb | VerbGroup>>;

export interface Program {
  /** Runs one command line; gives the exit code. Never throws: what goes wrong is told, as JSON where that is asked for. */
  run(args: readonly string[]): Promise<number>;
}

export function createProgram(terminal: Terminal): Program {
  return {
    async run(args) {
      let work: (() => Promise<number>) | undefined;
      const json = wantsJson(args);
      try {
        const env = withSecretFiles(terminal.env);
        const program = createCommand({ ...terminal, env }, json, (chosen) => {
          work = chosen;
        });
        await program.parseAsync(withHelp(args), { from: 'user' });
        return work ? await work() : 0;
      } catch (error) {
        if (error instanceof CommanderError && error.exitCode === 0) return 0;
        if (json) terminal.out(JSON.stringify({ diagnostics: problemsOf(error) }, undefined, 2));
        else if (!(error instanceof CommanderError)) terminal.err(formatError(error));
        if (!(error instanceof CommanderError || error instanceof SlipwayError)) tellDefect(terminal, error);
        return 1;
      }
    },
  };
}

function createCommand(
  terminal: Terminal,
  json: boolean,
  choose: (work: () => Promise<number>) => void,
): Command {
  const program = new Command('slipway')
    .description('Infrastructure as pull requests: plans, checks and applies CloudFormation templates.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => {
        if (!json) terminal.err(text.trimEnd());
      },
      getOutHasColors: () => terminal.color,
      getErrHasColors: () => terminal.errorColor,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(slipway --help shows what there is)')
    // What a verb takes is known once it is loaded: its own --help says it.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', `\n${wholeHelp}`);
  addVerbs(program, commands, { terminal, choose });
  return program;
}

function addVerbs(
  parent: Command,
  verbs: Verbs,
  given: { readonly terminal: Terminal; readonly choose: (work: () => Promise<number>) => void },
): void {
  for (const [name, verb] of Object.entries(verbs)) {
    const command = parent.command(name).description(verb.summary);
    if ('load' in verb) continue;
    addVerbs(command, verb.verbs, given);
    const examples = verb.examples.map((example) => `  $ ${example}\n`);
    command.addHelpText('after', `\nExamples:\n${examples.join('')}`);
    showUsageAfterError(command);
  }
  parent.hook('preSubcommand', async (_, command) => {
    const verb = verbs[command.name()];
    if (!verb || !('load' in verb)) return;
    const define = await verb.load();
    define(command, given.terminal, given.choose);
    command.addHelpText('after', `\nExit codes: ${exitCodesOf(command)}.`);
    showUsageAfterError(command);
  });
}

function showUsageAfterError(command: Command): void {
  const usage = command.createHelp().commandUsage(command);
  const [whole] = usage.split(' [');
  command.showHelpAfterError(`Usage: ${usage}\n(${whole!.split(' <')[0]} --help says more)`);
}

const wholeHelp = `State is in the nearest folder .slipway, here or above, or in the database that DATABASE_URL names.
With --json the results, and what goes wrong, are JSON on standard output.

Exit codes: ${Object.values(exitCodes).join('; ')}.`;

/** What a command can exit with, by what it can be asked for. */
function exitCodesOf({ options }: Command): string {
  const has = (long: string) => options.some((o) => o.long === long);
  return [
    exitCodes.fine,
    exitCodes.error,
    ...(has('--detailed-exitcode') ? [exitCodes.changes] : []),
    ...(has('--yes') ? [exitCodes.stopped, exitCodes.killed] : []),
  ].join('; ');
}

/** Who says nothing of what to do wants to know what there is, which is no mistake; `help plan` is `plan --help`. */
function withHelp(args: readonly string[]): string[] {
  let verbs: Verbs = commands;
  for (const [index, word] of args.entries()) {
    if (word === 'help') return [...args.slice(0, index), ...args.slice(index + 1), '--help'];
    const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
    if (!verb || 'load' in verb) return [...args];
    verbs = verb.verbs;
  }
  return [...args, '--help'];
}

function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes('--json');
}

function problemsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof CommanderError)) return diagnosticsOf(error);
  const [summary = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const remedy = more.join(' ').replace(/^\((.*)\)$/, '$1');
  return [{ severity: 'error', code: 'usage', summary, ...(remedy === '' ? {} : { remedy }) }];
}

function tellDefect(terminal: Terminal, error: unknown): void {
  terminal.err('  SLIPWAY_DEBUG=1 shows what failed; please report it.');
  if (terminal.env.SLIPWAY_DEBUG && error instanceof Error) terminal.err(error.stack ?? error.message);
}
