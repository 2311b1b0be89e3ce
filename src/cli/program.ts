import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnosticsOf, formatError, SlipwayError } from '../base/error.ts';
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

export interface Program {
  /** Runs one command line; gives the exit code. Never throws: what goes wrong is told, as JSON where that is asked for. */
  run(args: readonly string[]): Promise<number>;
}

export function createProgram(terminal: Terminal): Program {
  return {
    async run(args) {
      let work: (() => Promise<number>) | undefined;
      const json = wantsJson(args);
      const program = createCommand(terminal, json, (chosen) => {
        work = chosen;
      });
      try {
        await program.parseAsync(withHelp(program, args), { from: 'user' });
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
    .addHelpText('after', `\n${wholeHelp}`);
  for (const [name, define] of Object.entries(commands)) {
    const command = program.command(name).exitOverride();
    command.copyInheritedSettings(program);
    define(command, terminal, choose);
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) {
      leaf.addHelpText('after', `\nExit codes: ${exitCodesOf(leaf)}.`);
    }
    for (const each of [command, ...command.commands]) {
      const usage = each.createHelp().commandUsage(each);
      const [whole] = usage.split(' [');
      each.showHelpAfterError(`Usage: ${usage}\n(${whole!.split(' <')[0]} --help says more)`);
    }
  }
  return program;
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

/** Who says nothing of what to do wants to know what there is; that is no mistake. */
function withHelp(program: Command, args: readonly string[]): string[] {
  const [first, second] = args;
  const command = first === undefined ? program : program.commands.find((c) => c.name() === first);
  return command && second === undefined && command.commands.length > 0 ? [...args, '--help'] : [...args];
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
