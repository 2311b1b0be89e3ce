import { InvalidArgumentError } from 'commander';
import type { DefineCommand } from '../program.ts';

export const defineDemo: DefineCommand = (command, terminal, choose) => {
  command
    .option('--empty', 'play nothing: an empty repository to try by hand')
    .option('--once', 'exit when the story is told; 0 only if every step held')
    .option(
      '--processes <number>',
      'so many processes on PostgreSQL; the one that applies the first merge is killed (kill -9)',
      wholeNumber,
      1,
    )
    .option('--json', 'print a record of the steps and their times as JSON; implies --once')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway demo\n  $ slipway demo --empty\n  $ slipway demo --once --json\n  $ slipway demo --processes 2\n',
    )
    .action((options: { empty?: true; once?: true; json?: true; processes: number }) => {
      choose(async () => {
        const { playDemo, stageDemo } = await import('../../sandbox/demo/play-demo.ts');
        if (options.empty) return stageDemo(terminal, options.processes);
        const json = options.json === true;
        const { processes } = options;
        return playDemo(terminal, { once: json || options.once === true, json, processes });
      });
    });
};

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return number;
}
