import { expect, test } from 'vitest';
import { createRepositories } from '../../src/state/repositories.ts';
import { describeWithDatabases } from '../db/databases.ts';

await describeWithDatabases('the name under which a repository is kept', (fresh) => {
  test('is its first one, also for a process that has not seen it before', async () => {
    const database = await fresh();
    const repositories = createRepositories(database);
    expect(await repositories.keptName(7, 'acme/shop')).toBe('acme/shop');
    expect(await repositories.keptName(7, 'acme/store')).toBe('acme/shop');
    expect(await createRepositories(database).keptName(7, 'globex/store')).toBe('acme/shop');
  });

  test('is not the one of another that had it, even long ago', async () => {
    const repositories = createRepositories(await fresh());
    await repositories.keptName(7, 'acme/shop');
    await repositories.keptName(7, 'acme/store');
    expect(await repositories.keptName(8, 'acme/shop')).toBe('acme/shop+8');
    expect(await repositories.keptName(8, 'acme/anything')).toBe('acme/shop+8');
    expect(await repositories.keptName(7, 'acme/store')).toBe('acme/shop');
  });

  test('is one, however many ask for it at once', async () => {
    const database = await fresh();
    const asked = Array.from({ length: 20 }, (_, i) =>
      createRepositories(database).keptName(9, i % 2 === 0 ? 'acme/old' : 'acme/new'),
    );
    expect(new Set(await Promise.all(asked)).size).toBe(1);
  });

  test('knows since when', async () => {
    const repositories = createRepositories(await fresh());
    expect(await repositories.knownSince('acme/shop')).toBeUndefined();
    await repositories.keptName(7, 'acme/shop');
    expect(await repositories.knownSince('acme/shop')).toBeInstanceOf(Date);
  });
});
