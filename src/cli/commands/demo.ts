import type { DefineCommand } from '../program.ts';

export const defineDemo: DefineCommand = (command, terminal, choose) => {
  command
    .option('--empty', 'play nothing: an empty repository to try by hand')
    .option('--once', 'exit when the story is told; 0 only if every step held')
    .option('--json', 'print a record of the steps and their times as JSON; implies --once')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway demo\n  $ slipway demo --empty\n  $ slipway demo --once --json\n',
    )
    .action((options: { empty?: true; once?: true; json?: true }) => {
      choose(async () => {
        const { playDemo, stageDemo } = await import('../../sandbox/demo/play-demo.ts');
        if (options.empty) return stageDemo(terminal);
        const json = options.json === true;
        return playDemo(terminal, { once: json || options.once === true, json });
      });
    });
};
