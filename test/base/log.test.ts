import { expect, test, vi } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { createLog } from '../../src/base/log.ts';
import { within } from '../../src/base/scope.ts';
import { processTerminal } from '../../src/cli/terminal.ts';

function logged(mask: (text: string) => string = (text) => text) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', mask, to: { write: (line: string) => void lines.push(line) } });
  return { log, lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('each line says what the work in hand concerns, through every await, and what it says itself goes before', async () => {
  const { log, lines } = logged();
  const origin = { delivery: 'd-1', event: 'pull_request', sender: 'author' };
  await within({ origin, job: 'j-1' }, async () => {
    await within({ stack: 'acme/shop:infra/shop.yaml@dev', run: 'run-1' }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.child({ name: 'octokit' }).info('in');
      log.info({ run: 'run-0' }, 'of another');
    });
    log.info('out');
  });
  log.info('none');
  const [inner, other, out, none] = lines();
  expect(inner).toMatchObject({
    ...{ delivery: 'd-1', job: 'j-1', stack: 'acme/shop:infra/shop.yaml@dev', run: 'run-1' },
    ...{ name: 'octokit', msg: 'in' },
  });
  expect(other).toMatchObject({ run: 'run-0', delivery: 'd-1' });
  expect(Object.keys(out!).sort()).toEqual(['delivery', 'job', 'level', 'msg', 'time']);
  expect(Object.keys(none!).sort()).toEqual(['level', 'msg', 'time']);
});

test('of an error it has what tells of it, and not what hangs on it', () => {
  const { log, lines } = logged((text) => text.replaceAll('hunter2', '***'));
  const response = { data: 'the body', headers: { authorization: 'token abc' } };
  const refused = Object.assign(new Error('Bad credentials: hunter2'), {
    status: 401,
    request: response,
    response,
  });
  // As Probot has it of a webhook that nobody signed.
  const unsigned = Object.assign(new AggregateError([refused], 'signature does not match'), {
    event: { id: 'd-1', name: 'push', payload: 'the body', signature: 'sha256=abc' },
  });
  log.error({ err: unsigned, event: unsigned.event }, 'no');
  log.error(
    { err: new SlipwayError('cloud-refused', { summary: 'refused', detail: 'why', cause: refused }) },
    'no',
  );
  const [first, second] = lines();
  expect(first).toMatchObject({ event: { id: 'd-1', name: 'push' }, err: { errors: [{ status: 401 }] } });
  expect(second).toMatchObject({
    err: { code: 'cloud-refused', detail: 'why', cause: { message: 'Bad credentials: ***' } },
  });
  const text = JSON.stringify(lines());
  for (const never of ['the body', 'token abc', 'sha256=abc', 'hunter2']) expect(text).not.toContain(never);
});

test('nothing that others have named begins a line of its own, or commands the terminal it is shown on', () => {
  const written: string[] = [];
  const log = createLog({ level: 'info', mask: (text) => text, to: { write: (line) => written.push(line) } });
  const branch = 'fix\n{"level":30,"msg":"applied"}\r\x1b[2J\x9b2J\u202eevil';
  log.info({ branch }, branch);
  // The same where a command prints JSON of it.
  const stdout = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  try {
    processTerminal().out(JSON.stringify({ branch }));
  } finally {
    stdout.mockRestore();
  }
  expect(written).toHaveLength(2);
  for (const line of written) {
    expect(line).toMatch(/^[^\r\n\x1b\x80-\x9f\u202a-\u202e]+\n$/);
    expect(JSON.parse(line)).toMatchObject({ branch });
  }
});
