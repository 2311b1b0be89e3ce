import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { formatError, SlipwayError } from '../base/error.ts';
import { commands } from './commands/registry.ts';
import type { Terminal } from './terminal.ts';

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
  /** Runs one command line; gives the exit code. Never throws: what goes wrong is told on standard error. */
  run(args: readonly string[]): Promise<number>;
}

export function createProgram(terminal: Terminal): Program {
  return {
    async run(args) {
      let work: (() => Promise<number>) | undefined;
      const program = new Command('slipway')
        .description('Infrastructure as pull requests: plans, checks and applies CloudFormation templates.')
        .version(manifest.version)
        .exitOverride()
        .configureOutput({
          writeOut: (text) => terminal.out(text.trimEnd()),
          writeErr: (text) => terminal.err(text.trimEnd()),
        })
        .showSuggestionAfterError()
        .showHelpAfterError('(--help shows what there is)');
      for (const [name, define] of Object.entries(commands)) {
        const command = program.command(name).exitOverride();
        command.copyInheritedSettings(program);
        define(command, terminal, (chosen) => {
          work = chosen;
        });
      }
      try {
        await program.parseAsync([...args], { from: 'user' });
        return work ? await work() : 0;
      } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
        terminal.err(formatError(error));
        if (!(error instanceof SlipwayError))
          terminal.err('  SLIPWAY_DEBUG=1 shows what failed; please report it.');
        if (!(error instanceof SlipwayError) && error instanceof Error && terminal.env.SLIPWAY_DEBUG) {
          terminal.err(error.stack ?? error.message);
        }
        return 1;
      }
    },
  };
}
