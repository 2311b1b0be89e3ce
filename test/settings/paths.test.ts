import { describe, expect, test } from 'vitest';
import { isTemplatePath, parameterFiles, templatesOf } from '../../src/settings/paths.ts';
import { defaultSettings } from '../../src/settings/settings.ts';

describe('which paths are templates', () => {
  test.each([
    ['infra/shop.yaml', true],
    ['infra/shop.yml', true],
    ['infra/shop.json', true],
    ['infra/a/b/shop.yaml', true],
    ['infra/.hidden/.shop.yaml', true],
    ['infra/shop.tf', false],
    ['infra/shop.dev.params.yaml', false],
    ['infra/a/shop.prod.params.json', false],
    ['src/infra/shop.yaml', false],
    ['shop.yaml', false],
    ['infra\\shop.yaml', false],
    ['INFRA/shop.yaml', false],
  ])('by default %s: %s', (path, expected) => {
    expect(isTemplatePath(defaultSettings, path)).toBe(expected);
  });

  test.each([
    [['/infra/*.yaml'], 'infra/shop.yaml', true],
    [['./infra/*.yaml'], 'infra/shop.yaml', true],
    [['infra/*.yaml'], 'infra/deep/shop.yaml', false],
    [['a.yaml', 'b/**'], 'b/c/d.json', true],
    [['**/stack.yaml'], 'services/cart/stack.yaml', true],
    [['**/*.yml'], '.github/slipway.yml', false],
    [['**/*.yml'], '.github/other.yml', true],
  ])('%s and %s: %s', (templates, path, expected) => {
    expect(isTemplatePath({ templates }, path)).toBe(expected);
  });
});

describe('files of parameter values', () => {
  test('stand beside the template, named after the environment', () => {
    expect(parameterFiles('infra/shop.yaml', 'prod')).toEqual([
      'infra/shop.prod.params.yaml',
      'infra/shop.prod.params.yml',
      'infra/shop.prod.params.json',
    ]);
  });

  test('lead back to the templates that they may belong to', () => {
    for (const path of parameterFiles('infra/shop.v2.yml', 'prod')) {
      expect(templatesOf(path)).toContain('infra/shop.v2.yml');
    }
    expect(templatesOf('infra/shop.yaml')).toEqual([]);
  });
});
