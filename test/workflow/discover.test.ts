import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/parse.ts';
import { defaultSettings, type Settings } from '../../src/settings/settings.ts';
import type { StackRecord } from '../../src/state/state.ts';
import { touchedStacks } from '../../src/workflow/discover.ts';
import { type PendingMove, placesOf } from '../../src/workflow/places.ts';
import type { ChangedFile } from '../../src/workflow/repository.ts';
import { stackRecord } from '../state/records.ts';

const settings = parseSettings(
  `templates: ["infra/*.yaml"]
environments:
  dev: { region: eu-west-1 }
  prod: { region: eu-west-1, after: [dev] }
`,
  'slipway.yml',
).settings as Settings;

const changed = (
  path: string,
  status: ChangedFile['status'] = 'modified',
  previousPath?: string,
): ChangedFile => ({
  path,
  status,
  ...(previousPath === undefined ? {} : { previousPath }),
});

/** Stacks that live, as `path of the id -> where the template is by now`. */
const living = (...stacks: readonly (readonly [string, string, ...string[]])[]): StackRecord[] =>
  stacks.flatMap(([id, file, ...formerFiles]) =>
    ['dev', 'prod'].map((environment) =>
      stackRecord({ id: `acme/shop:${id}@${environment}`, environment, file, formerFiles }),
    ),
  );

/** `shop.yaml@dev`, with what became of the template. */
function touched(
  files: readonly ChangedFile[],
  by: Settings = settings,
  stacks: readonly StackRecord[] = [],
  pending: readonly PendingMove[] = [],
): string[] {
  return touchedStacks(by, files, placesOf('acme/shop', stacks, pending)).map((t) =>
    [
      t.stack.replace('acme/shop:', ''),
      t.removed ? 'removed' : '',
      t.movedFrom ? `from ${t.movedFrom}` : '',
      t.stack.includes(`:${t.file}@`) ? '' : `at ${t.file}`,
      t.changedAt ? `changed at ${t.changedAt.path}` : '',
      t.refused ? 'refused' : '',
    ]
      .filter(Boolean)
      .join(' '),
  );
}

describe('changed files touch stacks', () => {
  test.for([
    {
      what: 'a template: its stack in every environment, in the order of the settings',
      files: [changed('infra/shop.yaml')],
      stacks: ['infra/shop.yaml@dev', 'infra/shop.yaml@prod'],
    },
    {
      what: 'two templates: all of one environment before the next',
      files: [changed('infra/web.yaml', 'added'), changed('infra/shop.yaml')],
      stacks: ['infra/shop.yaml@dev', 'infra/web.yaml@dev', 'infra/shop.yaml@prod', 'infra/web.yaml@prod'],
    },
    {
      what: "a parameter file: its template's stack in its environment alone",
      files: [changed('infra/shop.prod.params.yaml')],
      stacks: ['infra/shop.yaml@prod'],
    },
    {
      what: 'a parameter file that is removed: the same, and the template is still there',
      files: [changed('infra/shop.prod.params.json', 'removed')],
      stacks: ['infra/shop.yaml@prod'],
    },
    {
      what: 'a parameter file for no environment of the settings: nothing',
      files: [changed('infra/shop.test.params.yaml')],
      stacks: [],
    },
    {
      what: 'a template that is removed with its parameter file: removed in both',
      files: [changed('infra/shop.yaml', 'removed'), changed('infra/shop.dev.params.yaml', 'removed')],
      stacks: ['infra/shop.yaml@dev removed', 'infra/shop.yaml@prod removed'],
    },
    {
      what: 'a template that is renamed before anything was made of it: the new one',
      files: [changed('infra/web.yaml', 'renamed', 'infra/shop.yaml')],
      stacks: ['infra/web.yaml@dev', 'infra/web.yaml@prod'],
    },
    {
      what: 'a template that is copied: the copy',
      files: [changed('infra/web.yaml', 'copied', 'infra/shop.yaml')],
      stacks: ['infra/web.yaml@dev', 'infra/web.yaml@prod'],
    },
    { what: 'code: nothing', files: [changed('src/server.ts'), changed('infra/deep/shop.yaml')], stacks: [] },
  ])('$what', ({ files, stacks }) => {
    expect(touched(files)).toEqual(stacks);
  });

  test('without settings, whatever lies below infra may be a template', () => {
    expect(touched([changed('infra/deep/shop.json')], defaultSettings)).toHaveLength(1);
  });
});

describe('a template that is renamed while its stack lives', () => {
  const shop = living(['infra/shop.yaml', 'infra/shop.yaml']);
  const moved = living(['infra/shop.yaml', 'infra/web.yaml', 'infra/shop.yaml']);
  const toWeb = changed('infra/web.yaml', 'renamed', 'infra/shop.yaml');
  const pending = ['dev', 'prod'].map((environment) => ({
    stack: `acme/shop:infra/shop.yaml@${environment}`,
    from: 'infra/shop.yaml',
    to: 'infra/web.yaml',
  }));

  test.for<{
    what: string;
    files: ChangedFile[];
    stacks: StackRecord[];
    pending?: PendingMove[];
    is: string | readonly string[];
  }>([
    {
      what: 'goes on as the stack that it is',
      files: [toWeb],
      stacks: shop,
      is: 'infra/shop.yaml from infra/shop.yaml at infra/web.yaml',
    },
    {
      what: 'takes its parameter files with it',
      files: [changed('infra/web.dev.params.yaml', 'renamed', 'infra/shop.dev.params.yaml'), toWeb],
      stacks: shop,
      is: 'infra/shop.yaml from infra/shop.yaml at infra/web.yaml',
    },
    {
      what: 'is destroyed and made anew where GitHub does not call it renamed',
      files: [changed('infra/shop.yaml', 'removed'), changed('infra/web.yaml', 'added')],
      stacks: shop,
      is: ['infra/shop.yaml removed', 'infra/web.yaml'],
    },
    {
      what: 'out of the settings: refused',
      files: [changed('attic/shop.yaml', 'renamed', 'infra/shop.yaml')],
      stacks: shop,
      is: 'infra/shop.yaml removed refused',
    },
    {
      what: 'into the settings, which did not know it any more: goes on',
      files: [changed('infra/shop.yaml', 'renamed', 'attic/shop.yaml')],
      stacks: living(['attic/shop.yaml', 'attic/shop.yaml']),
      is: 'attic/shop.yaml from attic/shop.yaml at infra/shop.yaml',
    },
    {
      what: 'to where another stack lives: refused, and that one is planned',
      files: [toWeb],
      stacks: [...shop, ...living(['infra/web.yaml', 'infra/web.yaml'])],
      is: ['infra/shop.yaml removed refused', 'infra/web.yaml'],
    },
    {
      what: 'is changed at its new path from then on',
      files: [changed('infra/web.yaml')],
      stacks: moved,
      is: 'infra/shop.yaml at infra/web.yaml',
    },
    {
      what: 'is not moved twice when its merge is looked at again',
      files: [toWeb],
      stacks: moved,
      is: 'infra/shop.yaml at infra/web.yaml',
    },
    {
      what: 'moves on under the name that it had first',
      files: [changed('infra/api.yaml', 'renamed', 'infra/web.yaml')],
      stacks: moved,
      is: 'infra/shop.yaml from infra/web.yaml at infra/api.yaml',
    },
    {
      what: 'moves back',
      files: [changed('infra/shop.yaml', 'renamed', 'infra/web.yaml')],
      stacks: moved,
      is: 'infra/shop.yaml from infra/web.yaml',
    },
    {
      what: 'is destroyed where it is by now',
      files: [changed('infra/web.yaml', 'removed')],
      stacks: moved,
      is: 'infra/shop.yaml removed at infra/web.yaml',
    },
    {
      what: 'leaves its path to a new template, whose stack is called otherwise',
      files: [changed('infra/shop.yaml', 'added')],
      stacks: moved,
      is: 'infra/shop.yaml//2 at infra/shop.yaml',
    },
    {
      what: 'leaves its path to a second and a third',
      files: [changed('infra/shop.yaml', 'added')],
      stacks: [...moved, ...living(['infra/shop.yaml//2', 'infra/api.yaml', 'infra/shop.yaml'])],
      is: 'infra/shop.yaml//3 at infra/shop.yaml',
    },
    {
      what: 'and whose path another one has: a change there is of that one alone',
      files: [changed('infra/shop.yaml')],
      stacks: [...moved, ...living(['infra/shop.yaml//2', 'infra/shop.yaml'])],
      is: 'infra/shop.yaml//2 at infra/shop.yaml',
    },
    {
      what: 'is what a pull request changes that was opened before',
      files: [changed('infra/shop.yaml')],
      stacks: moved,
      is: [
        'infra/shop.yaml at infra/web.yaml changed at infra/shop.yaml',
        'infra/shop.yaml//2 at infra/shop.yaml',
      ],
    },
    {
      what: 'is what the parameters are of that a pull request changes which was opened before',
      files: [changed('infra/shop.dev.params.yaml')],
      stacks: moved.filter((s) => s.environment === 'dev'),
      is: [
        'infra/shop.yaml@dev at infra/web.yaml changed at infra/shop.yaml',
        'infra/shop.yaml//2@dev at infra/shop.yaml',
      ],
    },
    {
      what: 'is not moved by a second pull request that was opened before',
      files: [changed('infra/api.yaml', 'renamed', 'infra/shop.yaml')],
      stacks: moved,
      is: 'infra/shop.yaml at infra/api.yaml refused',
    },
    {
      what: 'and merged without being applied: the next one moves it with its own change',
      files: [changed('infra/web.yaml')],
      stacks: shop,
      pending,
      is: 'infra/shop.yaml from infra/shop.yaml at infra/web.yaml',
    },
    {
      what: 'and merged without being applied: its own merge moves it',
      files: [toWeb],
      stacks: shop,
      pending,
      is: 'infra/shop.yaml from infra/shop.yaml at infra/web.yaml',
    },
    {
      what: 'and merged without being applied: taking it back is no move',
      files: [changed('infra/shop.yaml', 'renamed', 'infra/web.yaml')],
      stacks: shop,
      pending,
      is: 'infra/shop.yaml',
    },
    {
      what: 'and merged without being applied: a change at the old path is looked for at the new one',
      files: [changed('infra/shop.yaml')],
      stacks: shop,
      pending,
      is: 'infra/shop.yaml from infra/shop.yaml at infra/web.yaml changed at infra/shop.yaml',
    },
    {
      what: 'and merged without being applied: a new template at the old path has to wait for that',
      files: [changed('infra/shop.yaml', 'added')],
      stacks: shop,
      pending,
      is: 'infra/shop.yaml refused',
    },
  ])('$what', ({ files, stacks, pending, is }) => {
    const each = [is].flat();
    const everywhere = each.some((one) => one.includes('@'))
      ? each
      : ['dev', 'prod'].flatMap((e) => each.map((one) => one.replace(/^\S+/, (id) => `${id}@${e}`)));
    expect(touched(files, settings, stacks, pending).sort()).toEqual([...everywhere].sort());
  });

  test('only where it lives: elsewhere its stack is new, and called by its path', () => {
    const dev = shop.filter((s) => s.environment === 'dev');
    expect(touched([toWeb], settings, dev)).toEqual([
      'infra/shop.yaml@dev from infra/shop.yaml at infra/web.yaml',
      'infra/web.yaml@prod',
    ]);
  });

  test('is nothing to another repository with the same path', () => {
    const other = shop.map((s) => ({ ...s, id: s.id.replace('acme/shop', 'acme/shop+7') }));
    expect(touched([toWeb], settings, other)).toEqual(['infra/web.yaml@dev', 'infra/web.yaml@prod']);
  });
});
