import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatDiagnostic } from '../../base/diagnostic.ts';
import { SlipwayError } from '../../base/error.ts';
import { nearest } from '../../base/suggest.ts';
import { parsePolicy } from '../../policy/parse-policy.ts';
import { policySkeleton } from '../../policy/skeleton.ts';
import { typeSchemas } from '../../provider/schemas.ts';
import type { DefineCommand } from '../program.ts';

interface NewOptions {
  readonly type: string;
  readonly directory?: string;
}

export const defineNew: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<id>', 'its id: lower-case words joined by hyphens')
    .option('--type <type>', 'the resource type that it looks at', 'AWS::EC2::Instance')
    .option('--directory <folder>', 'the folder to write it to; without it SLIPWAY_POLICIES, or policies')
    .addHelpText(
      'after',
      '\nExample:\n  $ slipway policy new subnets-in-address-plan --type AWS::EC2::Subnet --directory policies\n',
    )
    .action((id: string, options: NewOptions) => {
      choose(async () => {
        const schema = typeSchemas[options.type];
        if (!schema) throw noType(options.type);
        const properties = Object.keys(schema.properties);
        const text = policySkeleton(id, options.type, properties);
        const { diagnostics } = parsePolicy(text, `${id}.yaml`);
        // All else is the skeleton's own: only the id is somebody's.
        if (diagnostics[0]) {
          throw new SlipwayError('usage', {
            summary: `'${id}' cannot be the id of a policy`,
            detail: formatDiagnostic(diagnostics[0]),
            remedy: 'Use lower-case words joined by hyphens, such as subnets-in-address-plan.',
          });
        }
        const directory = options.directory ?? (terminal.env.SLIPWAY_POLICIES || 'policies');
        const path = join(directory, `${id}.yaml`);
        await mkdir(resolve(terminal.cwd, directory), { recursive: true });
        await writeFile(resolve(terminal.cwd, path), text, { flag: 'wx' }).catch((cause: unknown) => {
          throw new SlipwayError('usage', {
            summary: `Cannot write ${path}`,
            detail: 'It is there already, or the folder cannot be written to.',
            remedy: 'Take another id, or remove it first.',
            cause,
          });
        });
        terminal.out(`Wrote ${path}. Change it, then run slipway policy test ${id} --directory ${directory}`);
        return 0;
      });
    });
};

function noType(type: string): SlipwayError {
  const meant = nearest(type, Object.keys(typeSchemas));
  return new SlipwayError('usage', {
    summary: `There is no resource type ${type}`,
    remedy: meant ? `Did you mean ${meant}?` : 'docs/resource-types.md lists them.',
  });
}
