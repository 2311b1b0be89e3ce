import { expect, test } from 'vitest';
import type { Finding } from '../../src/policy/finding.ts';
import { createComplianceRecords } from '../../src/state/compliance.ts';
import { describeWithDatabases } from '../db/databases.ts';

const found = (logicalId: string, path: string, message = 'open'): Finding => ({
  policy: 'closed',
  title: 'It is closed',
  severity: 'high',
  enforcement: 'overridable',
  logicalId,
  type: 'Acme::Door',
  message,
  remedy: 'Close it.',
  controls: [],
  path,
});
const [stack, repository] = ['acme/shop:infra/a.yaml@dev', 'acme/shop'];
const [monday, tuesday] = ['2026-11-23T06:00:00.000Z', '2026-11-24T06:00:00.000Z'];

await describeWithDatabases('what compliance scans found', (fresh) => {
  test('is known since it was first found, wherever it moves to and however it is told', async () => {
    const records = createComplianceRecords(await fresh());
    const keep = async (at: string, findings: readonly Finding[]) =>
      (await records.keep({ stack, repository, at, findings })).map(({ since }) => since);
    expect(await keep(monday, [found('Front', 'Rules[1]')])).toEqual([monday]);
    const later = [found('Front', 'Rules[0]', 'open, says \u0000 today'), found('Front', 'Rules[4]')];
    expect(await keep(tuesday, later)).toEqual([monday, tuesday]);
    expect(await keep(tuesday, [found('Front', 'Height'), found('Back', 'Rules[0]')])).toEqual([
      tuesday,
      tuesday,
    ]);
    // What was gone and is there again is new.
    expect(await keep(tuesday, later)).toEqual([tuesday, tuesday]);
  });

  test('is dated for whoever only looks, and forgotten with its stack', async () => {
    const records = createComplianceRecords(await fresh());
    const other = 'acme/shop:infra/b.yaml@dev';
    for (const one of [stack, other])
      await records.keep({ stack: one, repository, at: monday, findings: [found('Front', 'Height')] });
    const looked = await records.date(stack, [found('Front', 'Height'), found('Back', 'Height')]);
    expect(looked.map(({ since }) => since)).toEqual([monday, undefined]);
    await records.forget(repository, [stack]);
    const since = async (id: string) => (await records.date(id, [found('Front', 'Height')]))[0]?.since;
    expect([await since(stack), await since(other)]).toEqual([monday, undefined]);
    await records.forget('acme/other', []);
    expect(await since(stack)).toBe(monday);
    await records.forget(repository, []);
    expect(await since(stack)).toBeUndefined();
  });

  test('is told for a repository, of which those are known that were left open', async () => {
    const records = createComplianceRecords(await fresh());
    expect(await records.report(repository)).toBeUndefined();
    await records.putReport(repository, { issue: undefined, isOpen: false, toldAt: monday });
    expect(await records.openReports()).toEqual([]);
    await records.putReport(repository, { issue: 7, isOpen: true, toldAt: tuesday });
    expect(await records.report(repository)).toEqual({ issue: 7, isOpen: true, toldAt: tuesday });
    expect(await records.openReports()).toEqual([repository]);
  });
});
