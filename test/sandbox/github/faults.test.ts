import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Acme, refusalOf, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
});
afterEach(() => acme.github.faults.clear());
afterAll(() => acme.stop());

describe('a request can be made to fail', () => {
  test('by the secondary rate limit, as often as was asked for, where it matches', async () => {
    const { github, shop } = acme;
    github.faults.onRequests(
      { method: 'GET', path: /\/branches$/, times: 2 },
      { kind: 'secondary-rate-limit', retryAfterSeconds: 7 },
    );
    const url = `${github.apiUrl}/repos/${shop.owner}/${shop.repo}/branches`;
    const first = await fetch(url);
    expect([first.status, first.headers.get('retry-after')]).toEqual([403, '7']);
    expect(await first.json()).toMatchObject({ message: expect.stringContaining('secondary rate limit') });
    expect((await acme.as('author').repos.get({ ...shop })).status).toBe(200);
    expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([403, 200]);
  });

  test('by 5xx and slowly, by the name of the route', async () => {
    const { github, shop } = acme;
    const author = acme.as('author');
    github.faults.onRequests({ path: 'GET /repos/{owner}/{repo}' }, { kind: 'server-error', status: 503 });
    expect((await refusalOf(author.repos.get({ ...shop })))?.status).toBe(503);
    github.faults.onRequests({ path: 'GET /repos/{owner}/{repo}' }, { kind: 'delay', milliseconds: 120 });
    const started = performance.now();
    await author.repos.get({ ...shop });
    expect(performance.now() - started).toBeGreaterThan(110);
  });

  test('of Apps alone, as often as chance has it, until that is taken away', async () => {
    const { github, shop } = acme;
    const match = { by: 'app', chance: 0.5, times: Number.POSITIVE_INFINITY } as const;
    const end = github.faults.onRequests(match, { kind: 'server-error', status: 503 });
    const failures = async (octokit: { get: ReturnType<typeof acme.as>['repos']['get'] }) => {
      const asked = Array.from({ length: 20 }, () => refusalOf(octokit.get({ ...shop })));
      return (await Promise.all(asked)).filter((refusal) => refusal?.status === 503).length;
    };
    const ofApp = await failures(acme.asApp().repos);
    expect(ofApp > 3 && ofApp < 17).toBe(true);
    expect(await failures(acme.as('author').repos)).toBe(0);
    end();
    expect(await failures(acme.asApp().repos)).toBe(0);
  });

  test('by a connection that is cut before or after the call has had its effect', async () => {
    const { github, shop } = acme;
    const author = acme.as('author');
    const { data } = await author.issues.create({ ...shop, title: 'Cut' });
    const comment = () => author.issues.createComment({ ...shop, issue_number: data.number, body: 'Hello' });
    const count = async () => (await author.issues.get({ ...shop, issue_number: data.number })).data.comments;
    github.faults.onRequests({ method: 'POST' }, { kind: 'cut' });
    expect(await refusalOf(comment())).not.toBeNull();
    expect(await count()).toBe(0);
    github.faults.onRequests({ method: 'POST' }, { kind: 'cut', afterHandling: true });
    expect(await refusalOf(comment())).not.toBeNull();
    expect(await count()).toBe(1);
  });
});

describe('a webhook can be made to go astray', () => {
  /** Comments a number of times and answers the bodies in the order in which the App heard of them. */
  async function heard(...bodies: string[]): Promise<string[]> {
    const { shop, hooks, github } = acme;
    const author = acme.as('author');
    const { data } = await author.issues.create({ ...shop, title: 'Webhooks' });
    await github.settled();
    const before = hooks.received.length;
    for (const body of bodies)
      await author.issues.createComment({ ...shop, issue_number: data.number, body });
    await github.settled();
    return hooks.received.slice(before).map(({ payload }) => payload.comment.body);
  }

  test.each([
    { kind: 'drop', expected: ['two', 'three'] },
    { kind: 'duplicate', expected: ['one', 'one', 'two', 'three'] },
    { kind: 'reorder', expected: ['two', 'one', 'three'] },
  ] as const)('$kind', async ({ kind, expected }) => {
    acme.github.faults.onWebhooks({ event: 'issue_comment' }, { kind });
    const order = await heard('one', 'two', 'three');
    expect(kind === 'duplicate' ? order.sort() : order).toEqual(
      kind === 'duplicate' ? expected.toSorted() : expected,
    );
  });

  test('delay', async () => {
    acme.github.faults.onWebhooks({ event: 'issue_comment.created' }, { kind: 'delay', milliseconds: 200 });
    expect(await heard('one', 'two')).toEqual(['two', 'one']);
  });

  test('a duplicate has the id of the first', async () => {
    acme.github.faults.onWebhooks({ event: 'issue_comment' }, { kind: 'duplicate' });
    await heard('twice');
    const [one, other] = acme.hooks.received.slice(-2);
    expect(one!.guid).toBe(other!.guid);
  });
});

test('a delivery that failed is not repeated until somebody asks, and then has the same id', async () => {
  const { hooks, github, app, shop } = acme;
  hooks.answerWith(500);
  await acme.as('author').issues.create({ ...shop, title: 'Fails' });
  await github.settled();
  const before = hooks.received.length;
  hooks.answerWith(200);
  const slipway = acme.asApp();
  const list = async () => (await slipway.apps.listWebhookDeliveries({ per_page: 5 })).data;
  const [failed] = await list();
  expect(failed).toMatchObject({ event: 'issues', action: 'opened', status_code: 500, redelivery: false });
  await slipway.apps.redeliverWebhookDelivery({ delivery_id: failed!.id });
  await github.settled();
  expect(hooks.received).toHaveLength(before + 1);
  expect((await list())[0]).toMatchObject({ guid: failed!.guid, status_code: 200, redelivery: true });
  const { data } = await slipway.apps.getWebhookDelivery({ delivery_id: failed!.id });
  expect(data.request.payload).toMatchObject({ action: 'opened', installation: { id: app.installationId } });
});

test('an App that cannot be reached is recorded as such', async () => {
  const { github, app, shop, hooks } = acme;
  github.setWebhookUrl(app.appId, 'http://127.0.0.1:9/');
  await acme.as('author').issues.create({ ...shop, title: 'Nobody there' });
  await github.settled();
  expect(github.deliveries.at(-1)).toMatchObject({ statusCode: 0, status: 'failed to connect to host' });
  github.setWebhookUrl(app.appId, hooks.url);
});
