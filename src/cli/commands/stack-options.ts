import type { Command } from 'commander';

/** For those that can move a stack: where its template was. */
export interface MoveOptions {
  readonly movedFrom?: string;
}

export function withMoveOption(command: Command): Command {
  return command.option(
    '--moved-from <path>',
    'where the template was until now, after it was renamed: its stack goes on under the new path',
  );
}

/** The options that name a target and its parameter values, the same for every command about one stack. */
export function withStackOptions(command: Command): Command {
  return command
    .option(
      '--environment <name>',
      'the environment of .github/slipway.yml, or any name where there is no such file',
    )
    .option('--region <region>', 'the AWS region, over the one of the environment')
    .option(
      '--parameters <file>',
      'parameter values; shop.dev.params.yaml beside shop.yaml is found by itself in dev',
    );
}
