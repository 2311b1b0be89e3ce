import { SlipwayError } from '../../base/error.ts';
import { nearest } from '../../base/suggest.ts';
import { columns } from '../columns.ts';
import type { DefineCommand } from '../program.ts';
import { type DirectoryOption, policiesOf } from './read.ts';

interface ListOptions extends DirectoryOption {
  readonly pack?: string;
  readonly json?: true;
}

export const defineList: DefineCommand = (command, terminal, choose) => {
  command
    .option('--pack <name>', 'only those of a pack')
    .option('--directory <folder>', 'a folder of policies, instead of those that ship')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExamples:\n  $ slipway policy list\n  $ slipway policy list --pack governance\n')
    .action((options: ListOptions) => {
      choose(async () => {
        const all = await policiesOf(terminal, options);
        const { pack } = options;
        const policies = pack === undefined ? all : all.filter((policy) => policy.packs.includes(pack));
        if (pack !== undefined && policies.length === 0) {
          throw noPack(
            pack,
            all.flatMap((policy) => policy.packs),
          );
        }
        if (options.json) {
          const rows = policies.map(({ id, severity, enforcement, title, packs, controls }) => {
            return { id, severity, enforcement, title, packs, controls };
          });
          terminal.out(JSON.stringify(rows, undefined, 2));
          return 0;
        }
        const rows = policies.map(({ id, severity, enforcement, packs, title }) => [
          severity,
          enforcement,
          packs.join(', ') || 'always',
          `${id}: ${title}`,
        ]);
        for (const line of columns(rows)) terminal.out(line);
        return 0;
      });
    });
};

/** Nothing in a pack is a name misspelt. */
export function noPack(pack: string, packs: readonly string[]): SlipwayError {
  const known = [...new Set(packs)].sort();
  const meant = nearest(pack, known);
  return new SlipwayError('usage', {
    summary: `There is no policy pack ${pack}`,
    remedy: meant ? `Did you mean ${meant}?` : `The packs are ${known.join(', ')}.`,
  });
}
