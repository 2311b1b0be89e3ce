/** CloudFormation's own limits. Slipway has none of these, so that they only warn. Source: its quotas page. */
import type { SourceRange } from '../../base/source.ts';
import { type Checking, warn } from '../checking.ts';
import { quote } from '../problem.ts';

const mostResources = 500;
const most = 200;
const longestDescription = 1024;
const longestDefault = 4096;

export function checkLimits(checking: Checking): void {
  const { description, parameters, mappings, resources, outputs } = checking.template;
  const tooMany = (
    what: string,
    limit: number,
    all: ReadonlyMap<string, { readonly where: SourceRange }>,
  ) => {
    if (all.size <= limit) return;
    const { where } = [...all.values()][limit]!;
    const summary = `The template has ${all.size} ${what}, and CloudFormation takes at most ${limit}`;
    warn(checking, 'template-too-large', where, summary, 'Split it, if CloudFormation is to read it too');
  };
  tooMany('resources', mostResources, resources);
  tooMany('parameters', most, parameters);
  tooMany('mappings', most, mappings);
  tooMany('outputs', most, outputs);
  const tooLong = (what: string, text: string | undefined, limit: number, where: SourceRange) => {
    if (text === undefined || Buffer.byteLength(text) <= limit) return;
    const summary = `${what} is longer than the ${limit} bytes that CloudFormation takes`;
    warn(checking, 'template-too-large', where, summary, 'Shorten it');
  };
  const start = { file: checking.template.file, line: 1, column: 1 };
  tooLong('The description of the template', description, longestDescription, start);
  for (const { name, description: text, where } of outputs.values())
    tooLong(`The description of the output ${quote(name)}`, text, longestDescription, where);
  for (const { name, default: given, where } of parameters.values()) {
    const text = given?.kind === 'scalar' ? String(given.value) : undefined;
    tooLong(`The default of the parameter ${quote(name)}`, text, longestDefault, where);
  }
}
