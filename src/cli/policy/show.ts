import { clean } from '../../base/visible.ts';
import type { Policy } from '../../policy/policy.ts';
import { columns } from '../columns.ts';
import type { DefineCommand } from '../program.ts';
import { type DirectoryOption, policiesOf, policyOf } from './read.ts';

export const defineShow: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<id>', 'the id of a policy')
    .option('--directory <folder>', 'a folder of policies, instead of those that ship')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway policy show no-public-remote-access\n')
    .action((id: string, options: DirectoryOption & { readonly json?: true }) => {
      choose(async () => {
        const policy = policyOf(await policiesOf(terminal, options), id);
        if (options.json) terminal.out(JSON.stringify(asWritten(policy), undefined, 2));
        else for (const line of linesOf(policy)) terminal.out(line);
        return 0;
      });
    });
};

/** As the file has it, without the examples. */
function asWritten({ deny, message, foreach, examples: _, ...policy }: Policy): object {
  return {
    ...policy,
    ...(foreach ? { foreach: foreach.paths.map(({ source, type }) => ({ path: source, type })) } : {}),
    deny: deny.source.trim(),
    message: messageText(message),
  };
}

function linesOf(policy: Policy): string[] {
  const { id, title, severity, enforcement, packs, controls, match, foreach, remedy, file, parameters } =
    policy;
  const rows: [string, string][] = [
    ['severity', severity],
    ['enforcement', enforcement],
    ['packs', packs.join(', ') || 'none: it always applies'],
    ['controls', controls.join(', ') || 'none'],
    ['types', match.types.join(', ')],
    ['actions', match.actions?.join(', ') ?? 'create, update, replace, import; none as advice'],
    ...(foreach?.paths ?? []).map(({ source, type }): [string, string] => [
      'foreach',
      type === undefined ? source : `${type}: ${source}`,
    ]),
    ...Object.entries(parameters).map(([name, { default: preset, description }]): [string, string] => [
      'parameter',
      `${name}: ${description} Default: ${JSON.stringify(preset)}`,
    ]),
    ['file', file],
  ];
  const text = (words: string) =>
    words
      .trim()
      .split('\n')
      .map((line) => `  ${clean(line)}`);
  return [
    clean(`${id}: ${title}`),
    '',
    ...columns(rows),
    '',
    'deny',
    ...text(policy.deny.source),
    'message',
    ...text(messageText(policy.message)),
    'remedy',
    ...text(remedy),
  ];
}

function messageText({ parts }: Policy['message']): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : `\${{ ${part.source} }}`))
    .join('')
    .trim();
}
