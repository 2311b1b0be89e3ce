import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/parse.ts';
import { defaultSettings, type Settings } from '../../src/settings/settings.ts';
import { touchedStacks } from '../../src/workflow/discover.ts';
import type { ChangedFile } from '../../src/workflow/repository.ts';

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

/** `shop.yaml@dev`, with what became of the template. */
function touched(files: readonly ChangedFile[], by: Settings = settings): string[] {
  return touchedStacks('acme/shop', by, files).map(
    (t) =>
      `${t.stack.replace('acme/shop:', '')}${t.removed ? ' removed' : ''}${t.renamedTo ? ` to ${t.renamedTo}` : ''}`,
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
      what: 'a template that is renamed: the new stack, and the old one with where it went',
      files: [changed('infra/web.yaml', 'renamed', 'infra/shop.yaml')],
      stacks: [
        'infra/shop.yaml@dev removed to infra/web.yaml',
        'infra/web.yaml@dev',
        'infra/shop.yaml@prod removed to infra/web.yaml',
        'infra/web.yaml@prod',
      ],
    },
    {
      what: 'a template that is renamed out of the settings: only the old stack',
      files: [changed('attic/shop.yaml', 'renamed', 'infra/shop.yaml')],
      stacks: [
        'infra/shop.yaml@dev removed to attic/shop.yaml',
        'infra/shop.yaml@prod removed to attic/shop.yaml',
      ],
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
