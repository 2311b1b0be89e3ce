import type { Diagnostic } from '../base/diagnostic.ts';
import { isoDurationMs } from '../base/iso-duration.ts';
import type { SourceRange } from '../base/source.ts';
import { isGiveable, isInFolder } from '../settings/hand-over.ts';
import type { EnvironmentSettings } from '../settings/schema.ts';
import { didYouMean, problem } from '../template/problem.ts';
import type { MapNode, Template, TemplateNode } from '../template/template.ts';
import { type Destination, destinationText, type HandOver, placeOf } from './hand-overs.ts';

/** What the settings of an environment say of it. */
export type HandOverSettings = Pick<EnvironmentSettings, 'hand-over' | 'vault'>;

const keys = ['Secret', 'Variable', 'Vault', 'Wrapped'] as const;
const shortestSeconds = 60;
const longestSeconds = 86_400;

/** What the template wants handed over, as far as the settings let it go there; what they do not is said. */
export function wantedHandOvers(
  template: Pick<Template, 'metadata' | 'outputs'>,
  settings: HandOverSettings,
): { readonly wanted: readonly HandOver[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const say = (where: SourceRange, summary: string, remedy?: string): undefined => {
    diagnostics.push(problem('hand-over-refused', where, summary, remedy));
  };
  const reading: Reading = { template, settings, say };
  const slipway = mapOf(template.metadata?.entries.get('Slipway')?.value, 'The Slipway metadata', say);
  for (const [key, { keyWhere }] of slipway?.entries ?? []) {
    if (key !== 'HandOver')
      say(
        keyWhere,
        `The Slipway metadata has no ${key}`,
        didYouMean(key, ['HandOver'], 'It may have HandOver.'),
      );
  }
  const given = mapOf(slipway?.entries.get('HandOver')?.value, 'HandOver', say);
  const wanted = [...(given?.entries ?? [])].flatMap(([output, { keyWhere, value }]) =>
    wantedOf(reading, output, keyWhere, value),
  );
  const seen = new Map<string, string>();
  for (const { output, to, where } of wanted) {
    const place = placeOf(to, '');
    const other = seen.get(place);
    if (other !== undefined && where)
      say(where, `${other} and ${output} both go to ${destinationText(to)}`, 'Give one another name.');
    seen.set(place, output);
  }
  return { wanted, diagnostics };
}

interface Reading {
  readonly template: Pick<Template, 'outputs'>;
  readonly settings: HandOverSettings;
  readonly say: (where: SourceRange, summary: string, remedy?: string) => undefined;
}

/** One output may go to several places: each key names one. */
function wantedOf(reading: Reading, output: string, where: SourceRange, value: TemplateNode): HandOver[] {
  const { template, say } = reading;
  const declared = template.outputs.get(output);
  if (!declared)
    say(where, `There is no output ${output} to hand over`, didYouMean(output, template.outputs.keys()));
  const map = mapOf(value, `HandOver of ${output}`, say);
  if (!map || !declared) return [];
  const texts = new Map<string, string>();
  for (const [key, { keyWhere, value: node }] of map.entries) {
    if (!keys.some((known) => known === key))
      say(
        keyWhere,
        `HandOver of ${output} has no ${key}`,
        didYouMean(key, keys, `It may have ${keys.join(', ')}.`),
      );
    else if (node.kind !== 'scalar' || typeof node.value !== 'string')
      say(
        node.where,
        `${key} of ${output} is no plain text`,
        'Write it out: what differs by environment is in the settings.',
      );
    else texts.set(key, node.value);
  }
  const wrapSeconds = wrappingOf(reading, output, texts, where);
  const found = (['Vault', 'Variable', 'Secret'] as const).flatMap((key): HandOver[] => {
    const text = texts.get(key);
    const to = text === undefined ? undefined : destinationOf(reading, key, text, where);
    if (!to) return [];
    return [{ output, to, where, ...(key === 'Secret' && wrapSeconds !== undefined ? { wrapSeconds } : {}) }];
  });
  if (texts.size === 0 && map.entries.size === 0)
    say(where, `HandOver of ${output} names no place`, 'Give it Vault, Variable or Secret.');
  return found;
}

function wrappingOf(
  { say }: Reading,
  output: string,
  texts: ReadonlyMap<string, string>,
  where: SourceRange,
): number | undefined {
  const text = texts.get('Wrapped');
  if (text === undefined) return undefined;
  // Who may read a path in Vault needs no token for what could as well stand there.
  if (!texts.has('Secret'))
    return say(
      where,
      `${output} is wrapped and is not handed over as a Secret`,
      'Give it Secret as well, or take Wrapped out.',
    );
  const seconds = (isoDurationMs(text) ?? 0) / 1000;
  if (Number.isInteger(seconds) && seconds >= shortestSeconds && seconds <= longestSeconds) return seconds;
  return say(where, `Wrapped of ${output} is no time between a minute and a day`, 'Write for example PT15M.');
}

function destinationOf(
  { settings, say }: Reading,
  key: 'Vault' | 'Variable' | 'Secret',
  text: string,
  where: SourceRange,
): Destination | undefined {
  const { vault: folder, github } = settings['hand-over'] ?? {};
  if (key === 'Vault') {
    if (folder === undefined)
      return say(where, 'The settings do not let this environment hand over to Vault', unsaid('vault'));
    const [name = '', inPath = '', ...rest] = text.split('#');
    if (!isInFolder(name) || !/^[\w.-]{1,128}$/.test(inPath) || rest.length > 0)
      return say(
        where,
        `'${text.slice(0, 100)}' is not of the form PATH#KEY`,
        `Write for example database#url: it is below ${folder}.`,
      );
    return { kind: 'vault', vault: settings.vault ?? 'default', path: `${folder}/${name}`, key: inPath };
  }
  if (!github)
    return say(where, 'The settings do not let this environment hand over to GitHub', unsaid('github'));
  if (!/^[A-Z_][A-Z0-9_]{0,254}$/.test(text) || text.startsWith('GITHUB_'))
    return say(
      where,
      `'${text.slice(0, 100)}' is no name of a GitHub ${key.toLowerCase()}`,
      'Write capital letters, digits and _, and do not begin it with GITHUB_ or a digit.',
    );
  if (!isGiveable(text, github.names))
    return say(
      where,
      `The settings do not let this environment hand over ${text} to GitHub`,
      'Have an operator add it to names of its hand-over in .github/slipway.yml.',
    );
  return { kind: key === 'Variable' ? 'variable' : 'secret', environment: github.environment, name: text };
}

function unsaid(key: string): string {
  return `Have an operator say where, in ${key} of its hand-over in .github/slipway.yml.`;
}

function mapOf(node: TemplateNode | undefined, what: string, say: Reading['say']): MapNode | undefined {
  if (node === undefined || node.kind === 'map') return node;
  return say(node.where, `${what} is not a map`);
}
