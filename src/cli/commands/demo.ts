import type { DefineCommand } from '../program.ts';

export const defineDemo: DefineCommand = (command, terminal, choose) => {
  command
    .description(
      'play the whole story on this machine: a GitHub, an AWS emulator, Slipway, three pull requests',
    )
    .option('--once', 'exit when the story is told; 0 only if every step held')
    .option('--json', 'print a record of the steps and their times as JSON; implies --once')
    .addHelpText('after', '\nExamples:\n  $ slipway demo\n  $ slipway demo --once --json\n')
    .action((options: { once?: true; json?: true }) => {
      choose(async () => {
        const { playDemo } = await import('../../sandbox/demo/play-demo.ts');
        return playDemo(terminal, {
          once: options.once === true || options.json === true,
          json: options.json === true,
        });
      });
    });
};
