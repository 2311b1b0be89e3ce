import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Acme, files, refusalOf, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
});
afterAll(() => acme.stop());

describe('contents', () => {
  test('are given as a file, raw, and as a directory', async () => {
    const author = acme.as('author');
    const { data: file } = await author.repos.getContent({ ...acme.shop, path: 'README.md' });
    expect(file).toMatchObject({ type: 'file', encoding: 'base64', size: 7 });
    expect(Buffer.from((file as { content: string }).content, 'base64').toString()).toBe(files['README.md']);
    const raw = await author.repos.getContent({
      ...acme.shop,
      path: 'README.md',
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe(files['README.md']);
    const { data: listed } = await author.repos.getContent({ ...acme.shop, path: '' });
    expect((listed as { name: string; type: string }[]).map(({ name, type }) => [name, type])).toEqual([
      ['README.md', 'file'],
      ['src', 'dir'],
    ]);
  });

  test('are changed only by who knows what is there', async () => {
    const author = acme.as('author');
    const change = {
      ...acme.shop,
      path: 'notes.md',
      message: 'Notes',
      content: Buffer.from('one').toString('base64'),
    };
    const { data, status } = await author.repos.createOrUpdateFileContents(change);
    expect(status).toBe(201);
    expect((await refusalOf(author.repos.createOrUpdateFileContents(change)))?.status).toBe(422);
    const sha = 'b'.repeat(40);
    expect((await refusalOf(author.repos.createOrUpdateFileContents({ ...change, sha })))?.status).toBe(409);
    const removal = { ...acme.shop, path: 'notes.md', message: 'Gone', sha: data.content!.sha! };
    expect((await author.repos.deleteFile(removal)).status).toBe(200);
    expect((await refusalOf(author.repos.getContent({ ...acme.shop, path: 'notes.md' })))?.status).toBe(404);
  });

  test('have paths with spaces, umlauts and quotes', async () => {
    const path = 'infra/ein "großes" Lager.yaml';
    await acme.write('odd', path, 'a: 1\n');
    const { data } = await acme.as('author').repos.getContent({ ...acme.shop, path, ref: 'odd' });
    expect(data).toMatchObject({ path });
  });
});

test('a commit can be made from blobs and trees, and read back', async () => {
  const author = acme.as('author');
  const { shop } = acme;
  const { data: main } = await author.git.getRef({ ...shop, ref: 'heads/main' });
  const { data: blob } = await author.git.createBlob({ ...shop, content: 'deep\n' });
  const { data: tree } = await author.git.createTree({
    ...shop,
    base_tree: main.object.sha,
    tree: [
      { path: 'a/b/c.txt', mode: '100644', type: 'blob', sha: blob.sha },
      { path: 'run.sh', mode: '100755', type: 'blob', content: 'true\n' },
      { path: 'README.md', mode: '100644', type: 'blob', sha: null },
    ],
  });
  const { data: commit } = await author.git.createCommit({
    ...shop,
    message: 'By hand',
    tree: tree.sha,
    parents: [main.object.sha],
  });
  await author.git.createRef({ ...shop, ref: 'refs/heads/by-hand', sha: commit.sha });
  const { data: read } = await author.git.getTree({ ...shop, tree_sha: 'by-hand', recursive: 'true' });
  expect(read.tree.filter(({ type }) => type === 'blob').map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    '100644 a/b/c.txt',
    '100755 run.sh',
    '100644 src/index.ts',
  ]);
  expect((await author.git.getBlob({ ...shop, file_sha: blob.sha })).data.size).toBe(5);
  const { data: moved } = await author.git.updateRef({
    ...shop,
    ref: 'heads/by-hand',
    sha: main.object.sha,
    force: true,
  });
  expect(moved.object.sha).toBe(main.object.sha);
  const sideways = author.git.updateRef({ ...shop, ref: 'heads/main', sha: commit.sha.replace(/./g, 'a') });
  expect((await refusalOf(sideways))?.status).toBe(422);
});

test('a comparison has the merge base, the commits, and the patches of what was renamed, changed and binary', async () => {
  const author = acme.as('author');
  const { shop } = acme;
  const content = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('base64');
  await acme.write('compared', 'long.txt', `${'line\n'.repeat(20)}end\n`);
  await acme.write('compared', 'binary', 'x');
  const { data: base } = await author.git.getRef({ ...shop, ref: 'heads/compared' });
  const { data: tree } = await author.git.createTree({
    ...shop,
    base_tree: base.object.sha,
    tree: [
      { path: 'long.txt', mode: '100644', type: 'blob', sha: null },
      { path: 'longer.txt', mode: '100644', type: 'blob', content: `${'line\n'.repeat(20)}END\n` },
      {
        path: 'binary',
        mode: '100644',
        type: 'blob',
        sha: (
          await author.git.createBlob({
            ...shop,
            encoding: 'base64',
            content: content(new Uint8Array([0, 1, 2])),
          })
        ).data.sha,
      },
    ],
  });
  const { data: commit } = await author.git.createCommit({
    ...shop,
    message: 'M',
    tree: tree.sha,
    parents: [base.object.sha],
  });
  const basehead = `${base.object.sha}...${commit.sha}`;
  const { data } = await author.repos.compareCommitsWithBasehead({ ...shop, basehead });
  expect([data.status, data.ahead_by, data.merge_base_commit.sha]).toEqual(['ahead', 1, base.object.sha]);
  expect(data.files).toMatchObject([
    { filename: 'binary', status: 'modified' },
    { filename: 'longer.txt', previous_filename: 'long.txt', status: 'renamed', additions: 1, deletions: 1 },
  ]);
  expect(data.files?.[0]?.patch).toBeUndefined();
  expect(data.files?.[1]?.patch).toMatch(/^@@ [^\n]*\n(.|\n)*-end\n\+END$/);
});

describe('lists', () => {
  test('come in pages with links that octokit follows to the end', async () => {
    const author = acme.as('author');
    const { data: issue } = await author.issues.create({ ...acme.shop, title: 'Long' });
    const where = { ...acme.shop, issue_number: issue.number };
    for (let index = 0; index < 25; index++)
      await author.issues.createComment({ ...where, body: `Comment ${index}` });
    const all = await author.paginate(author.issues.listComments, { ...where, per_page: 10 });
    expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 25 }, (_, index) => `Comment ${index}`));
    const { headers } = await author.issues.listComments({ ...where, per_page: 10, page: 2 });
    expect(headers.link).toMatch(
      /page=1[^,]*>; rel="prev".*page=3[^,]*>; rel="next".*page=3[^,]*>; rel="last"/,
    );
  });
});

test('an unchanged answer is 304 for who has it, and does not count against the rate limit', async () => {
  const { github, shop } = acme;
  const headers = { authorization: `token ${acme.people.reviewer.token}` };
  const url = `${github.apiUrl}/repos/${shop.owner}/${shop.repo}/branches`;
  const first = await fetch(url, { headers });
  const etag = first.headers.get('etag')!;
  const again = await fetch(url, { headers: { ...headers, 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect(again.headers.get('x-ratelimit-remaining')).toBe(first.headers.get('x-ratelimit-remaining'));
  await acme.write('another', 'a.txt', 'a');
  expect((await fetch(url, { headers: { ...headers, 'if-none-match': etag } })).status).toBe(200);
  const { data } = await acme.as('reviewer').rateLimit.get();
  expect([data.rate.limit, data.rate.used]).toEqual([5000, 2]);
  const calls = { caller: 'reviewer', route: 'GET /repos/{owner}/{repo}/branches' };
  expect([github.requests.count(calls), github.requests.count({ ...calls, status: 304 })]).toEqual([3, 1]);
  expect(github.requests.entries.filter(({ conditional }) => conditional)).toHaveLength(2);
});

describe('what is wrong with a request is said in the shape that GitHub has', () => {
  test.each([
    {
      what: 'a field is missing',
      path: '/repos/acme/shop/issues',
      body: {},
      error: { resource: 'Issue', field: 'title', code: 'missing_field' },
    },
    {
      what: 'a field is of the wrong kind',
      path: '/repos/acme/shop/issues',
      body: { title: 7 },
      error: { resource: 'Issue', field: 'title', code: 'invalid' },
    },
    {
      what: 'a body is too long',
      path: '/repos/acme/shop/issues',
      body: { title: 'Long', body: 'x'.repeat(65_537) },
      error: {
        resource: 'Issue',
        field: 'data',
        code: 'unprocessable',
        message: 'Body is too long (maximum is 65536 characters)',
      },
    },
    {
      what: 'the head of a pull request does not exist',
      path: '/repos/acme/shop/pulls',
      body: { title: 'No', head: 'nowhere', base: 'main' },
      error: { resource: 'PullRequest', field: 'head', code: 'invalid' },
    },
    {
      what: 'there is nothing to merge',
      path: '/repos/acme/shop/pulls',
      body: { title: 'No', head: 'main', base: 'main' },
      error: {
        resource: 'PullRequest',
        field: 'base',
        code: 'custom',
        message: 'No commits between main and main',
      },
    },
  ])('$what', async ({ path, body, error }) => {
    const response = await fetch(`${acme.github.apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `token ${acme.people.author.token}` },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      message: 'Validation Failed',
      errors: [error],
      documentation_url: expect.stringContaining('docs.github.com'),
    });
  });

  test('a body of exactly 65,536 characters fits', async () => {
    const body = 'x'.repeat(65_536);
    expect((await acme.as('author').issues.create({ ...acme.shop, title: 'Full', body })).status).toBe(201);
  });

  test('JSON that is none is 400, and a route that is none is 404', async () => {
    const headers = { authorization: `token ${acme.people.author.token}` };
    const broken = await fetch(`${acme.github.apiUrl}/repos/acme/shop/issues`, {
      method: 'POST',
      headers,
      body: '{',
    });
    expect(broken.status).toBe(400);
    expect((await fetch(`${acme.github.apiUrl}/no/such/route`, { headers })).status).toBe(404);
  });
});

test('the second of two pull requests for one branch is refused; two at once get two numbers', async () => {
  const author = acme.as('author');
  await Promise.all([acme.propose('twin-one'), acme.propose('twin-two')]);
  const open = (head: string) => author.pulls.create({ ...acme.shop, title: head, head, base: 'main' });
  expect((await refusalOf(open('twin-one')))?.status).toBe(422);
  const { data } = await author.pulls.list({ ...acme.shop });
  expect(new Set(data.map(({ number }) => number)).size).toBe(data.length);
  for (const { number, head } of data) {
    const ref = await author.git.getRef({ ...acme.shop, ref: `pull/${number}/head` });
    expect(ref.data.object.sha).toBe(head.sha);
  }
});

test('a comment says who wrote it and whether it was edited; only its author and writers change it', async () => {
  const { shop } = acme;
  const { data: issue } = await acme.as('stranger').issues.create({ ...shop, title: 'Talk' });
  const associations = ['author', 'stranger', 'operator'] as const;
  const written = [];
  for (const person of associations) {
    const comment = { ...shop, issue_number: issue.number, body: 'Hello' };
    written.push((await acme.as(person).issues.createComment(comment)).data);
  }
  expect(written.map((comment) => comment.author_association)).toEqual(['MEMBER', 'NONE', 'MEMBER']);
  const change = { ...shop, comment_id: written[0]!.id, body: 'Changed' };
  expect((await refusalOf(acme.as('stranger').issues.updateComment(change)))?.status).toBe(403);
  expect((await acme.as('reviewer').issues.updateComment(change)).data.body).toBe('Changed');
  const slipway = await acme.asApp().issues.createComment({ ...shop, issue_number: issue.number, body: 'I' });
  expect([
    slipway.data.user?.login,
    slipway.data.user?.type,
    slipway.data.performed_via_github_app?.slug,
  ]).toEqual(['slipway[bot]', 'Bot', 'slipway']);
});

test('a reaction is there once, however often it is given', async () => {
  const { shop } = acme;
  const author = acme.as('author');
  const { data: issue } = await author.issues.create({ ...shop, title: 'React' });
  const { data: comment } = await author.issues.createComment({
    ...shop,
    issue_number: issue.number,
    body: 'Hm',
  });
  const eyes = { ...shop, comment_id: comment.id, content: 'eyes' } as const;
  expect((await author.reactions.createForIssueComment(eyes)).status).toBe(201);
  expect((await author.reactions.createForIssueComment(eyes)).status).toBe(200);
  const { data } = await author.issues.getComment({ ...shop, comment_id: comment.id });
  expect([data.reactions?.eyes, data.reactions?.total_count]).toEqual([1, 1]);
});

test('nobody approves their own pull request', async () => {
  const pull_number = await acme.propose('own');
  const approve = { ...acme.shop, pull_number, event: 'APPROVE' } as const;
  expect(await refusalOf(acme.as('author').pulls.createReview(approve))).toMatchObject({
    status: 422,
    message: expect.stringContaining('Can not approve your own pull request'),
  });
  expect((await acme.as('reviewer').pulls.createReview(approve)).data.state).toBe('APPROVED');
});

test('who is asked for a review is listed until they have given one', async () => {
  const pull_number = await acme.propose('asked');
  const author = acme.as('author');
  await author.pulls.requestReviewers({ ...acme.shop, pull_number, reviewers: ['reviewer'] });
  const asked = async () => {
    const { data } = await author.pulls.get({ ...acme.shop, pull_number });
    return data.requested_reviewers?.map((reviewer) => ('login' in reviewer ? reviewer.login : ''));
  };
  expect(await asked()).toEqual(['reviewer']);
  await acme.as('reviewer').pulls.createReview({ ...acme.shop, pull_number, event: 'COMMENT', body: 'Hm' });
  expect(await asked()).toEqual([]);
});

test('search finds nothing', async () => {
  const { data } = await acme.as('author').search.issuesAndPullRequests({ q: 'repo:acme/shop' });
  expect(data.total_count).toBe(0);
});
