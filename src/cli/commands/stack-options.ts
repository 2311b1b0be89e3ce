import type { Command } from 'commander';

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
