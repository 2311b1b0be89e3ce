import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkNames } from '../../review/checks.ts';
import { stackId } from '../../stack/stack-id.ts';
import { owner, repo, type Shop } from '../start-shop.ts';
import type { WorkTree } from '../work-tree.ts';
import { expect } from './expect.ts';
import { type CloudResource, readCloud } from './read-cloud.ts';
import { logInAsServer, lookForCopies, readUserData, signPersonsKey } from './secrets-from-vault.ts';
import type { ShopVault } from './shop-vault.ts';
import { readShown } from './shown.ts';
import { look, readThePlan, type Seen, until } from './watch.ts';

/** One step of the story: what is done, and a function that does it, checks it and says what was seen. */
export interface Step {
  readonly title: string;
  play(): Promise<readonly string[]>;
}

const template = 'infra/shop.yaml';
const parameters = 'infra/shop.dev.params.yaml';
const here = { owner, repo };
const stack = stackId(`${owner}/${repo}`, template, 'dev');

/** The files that `acme/shop` begins with: an application, the settings, no infrastructure yet. */
export async function firstFiles(): Promise<Record<string, string>> {
  return {
    'README.md': '# shop\n\nSells things. Its infrastructure is in `infra/`.\n',
    'src/server.js': "require('node:http').createServer((q, s) => s.end('shop')).listen(8080);\n",
    '.github/slipway.yml': await chapter('settings.yml'),
  };
}

function chapter(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`shop/${name}`, import.meta.url)), 'utf8');
}

interface StoryWorld {
  readonly shop: Shop;
  /** What happens to Slipway while it applies the first merge; says what it did. */
  readonly meanwhile?: (() => Promise<readonly string[]>) | undefined;
  /** Without it, the step that needs it is left out. */
  readonly vault?: ShopVault | undefined;
  /** Every row of Slipway's database. */
  readonly databaseRows: () => Promise<readonly string[]>;
}

/** The whole story, in order. Each step throws, with what it saw, when something is not as it should be. */
export function story({ shop, meanwhile, vault, databaseRows }: StoryWorld): readonly Step[] {
  const author = shop.as('author');
  const reviewer = shop.as('reviewer');
  let tree: WorkTree;
  let first = 0;
  let second = 0;

  const open = async (title: string, head: string) => {
    const { data } = await author.rest.pulls.create({ ...here, title, head, base: 'main' });
    return data.number;
  };
  const green = (seen: Seen) => checkNames.every((name) => seen.checks[name] === 'success');
  const approveAndMerge = async (number: number) => {
    await readThePlan();
    await reviewer.rest.issues.createComment({ ...here, issue_number: number, body: 'approve' });
    await until('three green checks', () => look(author, number), green);
    await author.rest.pulls.merge({ ...here, pull_number: number });
  };
  const applied = (number: number) =>
    until(
      'the deployment to succeed and the comment to say so',
      () => look(author, number),
      (seen) => seen.comment.includes('Applied'),
      120_000,
    );

  return [
    {
      title: 'The author opens a pull request that adds infra/shop.yaml, with SSH open to the world',
      async play() {
        tree = await shop.clone('author');
        await tree.branch('infrastructure');
        const text = await chapter('1-first.yaml');
        await tree.commit('Add the infrastructure of the shop', { [template]: text });
        const began = Date.now();
        first = await open('Add the infrastructure of the shop', 'infrastructure');
        const withComment = await until(
          'the plan comment',
          () => look(author, first),
          (seen) => seen.comment !== '',
        );
        const took = Date.now() - began;
        const seen = await until(
          'the three checks',
          () => look(author, first),
          (s) => checkNames.every((name) => s.checks[name] !== undefined),
        );
        expect(withComment.comment.includes('+13'), `the plan creates 13 resources:\n${withComment.comment}`);
        expect(seen.checks['slipway/plan'] === 'success', 'slipway/plan is green');
        expect(seen.checks['slipway/policy'] === 'failure', 'slipway/policy is red');
        const line = text.split('\n').findIndex((l) => l.includes('Description: Administration')) + 1;
        const at = await policyAnnotation(seen);
        expect(at >= line && at <= line + 4, `the finding is on the rule, line ${line}; it is on line ${at}`);
        return [
          `plan comment ${took} ms after the pull request was opened (budget 2,000)`,
          `checks: ${describeChecks(seen)}`,
          `SSH open to the world: found on ${template}:${at}`,
        ];
      },
    },
    {
      title: 'The author pushes a fix: the comment is edited in place, the finding is gone',
      async play() {
        await tree.commit('Open SSH to the network only', { [template]: await chapter('2-fixed.yaml') });
        const seen = await until(
          'slipway/policy to be green',
          () => look(author, first),
          (s) => s.checks['slipway/policy'] === 'success',
        );
        expect(seen.planComments === 1, 'there is still one comment');
        return [`checks: ${describeChecks(seen)}`, `${seen.planComments} plan comment, edited`];
      },
    },
    {
      title: 'The author approves, which does not count; the reviewer approves, which does',
      async play() {
        await readThePlan();
        await author.rest.issues.createComment({ ...here, issue_number: first, body: 'approve' });
        const told = await until(
          'a reason',
          () => look(author, first),
          (s) => s.comments.some((c) => c.body.includes('does not count')),
        );
        expect(told.checks['slipway/approval'] !== 'success', 'the author alone does not turn it green');
        const reason = told.comments.find((c) => c.body.includes('does not count'))!.body;
        await reviewer.rest.issues.createComment({ ...here, issue_number: first, body: 'approve' });
        const seen = await until('three green checks', () => look(author, first), green);
        return [`to the author: ${reason.split('\n')[0]}`, `checks: ${describeChecks(seen)}`];
      },
    },
    {
      title: 'Merge: the same plan is applied, and an independent reader finds every resource',
      async play() {
        const began = Date.now();
        await author.rest.pulls.merge({ ...here, pull_number: first });
        const happened = (await meanwhile?.()) ?? [];
        const seen = await applied(first);
        const took = Date.now() - began;
        const outputs = seen.comments.filter((c) => c.body.includes('| Output | Value |'));
        expect(outputs.length > 0, `outputs are shown:\n${seen.comments.map((c) => c.body).join('\n---\n')}`);
        const cloud = await readCloud(shop.aws);
        expectKinds(cloud, {
          vpc: 1,
          subnet: 2,
          'internet gateway': 1,
          'route table': 1,
          'security group': 1,
          instance: 1,
          role: 1,
          'instance profile': 1,
        });
        for (const r of cloud)
          expect(r.tags['slipway:stack'] === stack, `${r.kind} ${r.id} carries the stack's tag`);
        return [...happened, `applied in ${took} ms`, ...describeCloud(cloud)];
      },
    },
    {
      title: 'A second pull request: a rule added, the instance moved, the subnet left empty deleted',
      async play() {
        await tree.branch('move-the-server');
        await tree.commit('Move the server and let metrics in', {
          [template]: await chapter('3-moved.yaml'),
        });
        second = await open('Move the server and let metrics in', 'move-the-server');
        const planned = await until(
          'the plan comment',
          () => look(author, second),
          (s) => s.comment !== '',
        );
        expect(planned.comment.includes('±1'), `one replacement:\n${planned.comment}`);
        expect(
          /SubnetId[^\n]*forces replacement|forces replacement[^\n]*SubnetId/.test(planned.comment),
          `SubnetId is named as what forces it:\n${planned.comment}`,
        );
        const before = await readCloud(shop.aws);
        await approveAndMerge(second);
        await applied(second);
        const cloud = await readCloud(shop.aws);
        expectKinds(cloud, {
          vpc: 1,
          subnet: 1,
          'internet gateway': 1,
          'route table': 1,
          'security group': 1,
          instance: 1,
          role: 1,
          'instance profile': 1,
        });
        const of = (resources: readonly CloudResource[], kind: string) =>
          resources.find((r) => r.kind === kind)!;
        expect(
          of(cloud, 'security group').id === of(before, 'security group').id,
          'the security group was updated in place',
        );
        expect(of(cloud, 'security group').detail.includes('9100 from 10.42.0.0/16'), 'the rule is there');
        expect(of(cloud, 'instance').id !== of(before, 'instance').id, 'the instance was replaced');
        return [...describeCloud(cloud), await planAgain(shop, tree)];
      },
    },
    ...(vault ? [secretsFromVault(vault)] : []),
    {
      title: 'The last one removes the template: everything goes, in the right order',
      async play() {
        await tree.branch('the-end');
        await tree.commit('Close the shop', {
          [template]: undefined,
          ...(vault ? { [parameters]: undefined } : {}),
        });
        const last = await open('Close the shop', 'the-end');
        const planned = await until(
          'the plan comment',
          () => look(author, last),
          (s) => s.comment !== '',
        );
        const count = vault ? 16 : 11;
        expect(planned.comment.includes(`-${count}`), `${count} deletions:\n${planned.comment}`);
        await approveAndMerge(last);
        await applied(last);
        const kept = await vault?.ask('secret/metadata/shop/database');
        expect(kept === undefined || kept.status === 404, 'the secret is gone from Vault');
        const cloud = await readCloud(shop.aws);
        expect(cloud.length === 0, `nothing is left; there is ${describeCloud(cloud).join('; ')}`);
        return ['the cloud is empty again'];
      },
    },
  ];

  function secretsFromVault(kept: ShopVault): Step {
    return {
      title:
        'Another takes the database password and the trust in SSH keys from Vault; no copy exists elsewhere',
      async play() {
        await tree.branch('secrets-from-vault');
        await tree.commit('Take secrets from Vault', {
          [template]: await chapter('4-vault.yaml'),
          // An emulator's server is nowhere: this machine stands in for it.
          [parameters]: `VaultAddress: ${kept.url}\nServerNetwork: 127.0.0.1/32\n`,
        });
        const number = await open('Take secrets from Vault', 'secrets-from-vault');
        const planned = await until(
          'the plan comment',
          () => look(author, number),
          (s) => s.comment !== '',
        );
        expect(/\+5\b[^\n]*±1/.test(planned.comment), `five additions, one replacement:\n${planned.comment}`);
        await approveAndMerge(number);
        await applied(number);

        const cloud = await readCloud(shop.aws);
        const server = cloud.find((r) => r.kind === 'instance')!;
        const userData = await readUserData(shop.aws, server.id);
        const password = await logInAsServer(kept, userData);
        const lasts = await signPersonsKey(kept, userData);
        const shown = await readShown(author);
        const log = shop.processes.flatMap((one) => one.log().split('\n'));
        const looked = lookForCopies(password, [
          {
            name: 'texts of what AWS knows of it',
            texts: [userData, JSON.stringify(cloud)],
            holds: 'secret/data/shop/database',
          },
          {
            name: 'comments and checks',
            texts: shown.pullRequests.flatMap((p) =>
              [...p.comments, ...p.checks].map((one) => JSON.stringify(one)),
            ),
            holds: 'shop/database',
          },
          { name: "lines of Slipway's log", texts: log, holds: stack },
          { name: "rows of Slipway's database", texts: await databaseRows(), holds: 'shop/database' },
        ]);
        return [
          'the server reads its password in Vault, with nothing but its user data; it is the one that Vault keeps',
          `it trusts the CA in Vault, which signs a person's key for ${lasts}`,
          ...looked,
        ];
      },
    };
  }

  /** A pull request that changes nothing but a comment in the template has an empty plan. */
  async function planAgain(world: Shop, work: WorkTree): Promise<string> {
    await work.branch('same-again');
    await work.commit('Say more in a comment', {
      [template]: `# The shop.\n${await chapter('3-moved.yaml')}`,
    });
    const number = await open('Say more in a comment', 'same-again');
    const seen = await until(
      'the plan comment',
      () => look(world.as('author'), number),
      (s) => s.comment !== '',
    );
    expect(seen.comment.includes('Nothing to change'), `a plan after it is empty:\n${seen.comment}`);
    await author.rest.pulls.update({ ...here, pull_number: number, state: 'closed' });
    return 'a plan after it is empty';
  }

  /** The line of the first annotation of `slipway/policy`. */
  async function policyAnnotation(seen: Seen): Promise<number> {
    const { data } = await author.rest.checks.listForRef({
      ...here,
      ref: seen.headSha,
      check_name: 'slipway/policy',
    });
    const run = data.check_runs[0]!;
    const { data: annotations } = await author.rest.checks.listAnnotations({ ...here, check_run_id: run.id });
    expect(annotations.length > 0, 'slipway/policy has an annotation');
    expect(annotations[0]!.path === template, `the annotation is in ${template}`);
    return annotations[0]!.start_line;
  }
}

function expectKinds(cloud: readonly CloudResource[], wanted: Readonly<Record<string, number>>): void {
  const found = Object.fromEntries(
    [...Map.groupBy(cloud, (r) => r.kind)].map(([kind, all]) => [kind, all.length]),
  );
  const same = Object.keys({ ...found, ...wanted }).every((kind) => found[kind] === wanted[kind]);
  expect(same, `the cloud holds ${JSON.stringify(wanted)}; it holds ${JSON.stringify(found)}`);
}

function describeChecks({ checks }: Seen): string {
  return checkNames.map((name) => `${name.replace('slipway/', '')} ${checks[name] ?? 'missing'}`).join(', ');
}

function describeCloud(cloud: readonly CloudResource[]): string[] {
  return cloud.map(
    (r) =>
      `${r.kind} ${r.id} (${r.tags['slipway:logical-id'] ?? 'no tag'})${r.detail ? `: ${r.detail}` : ''}`,
  );
}
