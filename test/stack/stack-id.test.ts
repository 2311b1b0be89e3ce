import { describe, expect, test } from 'vitest';
import { repositoryOf, ruleNameOf, stackId, stackNameOf } from '../../src/stack/stack-id.ts';

describe('a stack’s name', () => {
  test.for([
    {
      id: stackId('acme/shop', 'infra/shop.yaml', 'prod'),
      is: 'acme/shop:infra/shop.yaml@prod',
      name: 'shop-prod',
    },
    {
      id: stackId('acme/shop', 'infra/shop.yaml', 'prod', 2),
      is: 'acme/shop:infra/shop.yaml//2@prod',
      name: 'shop-2-prod',
    },
    {
      id: stackId('acme/shop', 'a@b/c:d e.json', 'dev'),
      is: 'acme/shop:a@b/c:d e.json@dev',
      name: 'd-e-dev',
    },
    { id: stackId('acme/shop+7', 'shop', 'dev'), is: 'acme/shop+7:shop@dev', name: 'shop-dev' },
  ])('$is: its resources are named $name', ({ id, is, name }) => {
    expect([id, stackNameOf(id), repositoryOf(id)]).toEqual([is, name, is.slice(0, is.indexOf(':'))]);
  });

  test.each([
    ['acme/shop:infra/shop.yaml//2@prod', 'acme/shop:infra/shop.yaml@prod'],
    ['acme/shop:infra/shop.yaml@prod', 'acme/shop:infra/shop.yaml@prod'],
    ['acme/shop:a@b/c.yaml//12@dev', 'acme/shop:a@b/c.yaml@dev'],
    ['acme/shop:a/2@b/c.yaml@dev', 'acme/shop:a/2@b/c.yaml@dev'],
  ])('%s is %s in rules', (id, name) => {
    expect(ruleNameOf(id)).toBe(name);
  });
});
