import type { Command } from 'commander';
import { stackArgument } from '../known-stack.ts';

/** What is asked of one stack can be asked with. */
export interface OneStackOptions {
  readonly environment?: string;
  readonly json?: true;
}

export function aboutOneStack(command: Command): Command {
  return command
    .argument('<stack>', stackArgument)
    .option('--environment <name>', 'the environment, with a template file')
    .option('--json', 'print as JSON');
}
