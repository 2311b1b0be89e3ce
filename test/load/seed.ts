import { openPullRequest } from '../../src/sandbox/github/actions/pull-requests.ts';
import { commitFiles } from '../../src/sandbox/github/git/commit-files.ts';
import { updateRef } from '../../src/sandbox/github/git/store.ts';
import { person } from '../../src/sandbox/github/model/actor.ts';
import type { PullRequestIssue } from '../../src/sandbox/github/model/pull-request.ts';
import type { Repository } from '../../src/sandbox/github/model/repository.ts';
import { findAccount, findRepository } from '../../src/sandbox/github/model/world.ts';
import { type LoadWorld, owner } from './world.ts';

const settings = `templates: ["infra/*.yaml"]
environments:
  dev:
    region: eu-west-1
    approvals:
      - from: ["@acme/infra"]
        count: 1
operators: ["@acme/infra"]
`;

/** The network of an application: ten resources, as many as the stack of an application has at the least. */
export function template(number: number): string {
  const tags = 'Tags: [{ Key: Owner, Value: load }]';
  const resource = (id: string, type: string, properties: string) =>
    `  ${id}: { Type: AWS::EC2::${type}, Properties: { ${properties} } }`;
  const vpc = 'VpcId: !Ref Vpc';
  return [
    'Resources:',
    resource('Vpc', 'VPC', `CidrBlock: 10.${number % 256}.0.0/16, ${tags}`),
    resource('Gateway', 'InternetGateway', tags),
    resource('Attached', 'VPCGatewayAttachment', `${vpc}, InternetGatewayId: !Ref Gateway`),
    resource('Table', 'RouteTable', `${vpc}, ${tags}`),
    resource('Group', 'SecurityGroup', `${vpc}, GroupDescription: web, ${tags}`),
    ...[0, 1, 2, 3, 4].map((i) =>
      resource(`Subnet${i}`, 'Subnet', `${vpc}, CidrBlock: 10.${number % 256}.${i}.0/24, ${tags}`),
    ),
  ].join('\n');
}

/** Files of a branch that is there to be proposed. */
export type Branches = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Makes `acme/<name>` with these branches beside `main`. Nobody is told of the branches: that is not what is measured. */
export async function seedRepository(
  { github }: LoadWorld,
  name: string,
  branches: Branches,
): Promise<Repository> {
  const files = { 'README.md': `# ${name}\n`, '.github/slipway.yml': settings };
  await github.createRepository({ owner, name, author: 'operator', files });
  await github.addCollaborator(`${owner}/${name}`, 'author', 'write');
  const repository = findRepository(github.world, `${owner}/${name}`)!;
  const main = repository.git.refs.get('refs/heads/main')!;
  const signature = { name: 'author', email: 'author@example.com', date: new Date().toISOString() };
  for (const [branch, content] of Object.entries(branches)) {
    await updateRef(repository.git, `refs/heads/${branch}`, main);
    await commitFiles(repository.git, {
      branch,
      message: 'Change the infrastructure',
      files: content,
      author: signature,
      committer: signature,
    });
  }
  return repository;
}

/** The author proposes a branch; resolves when GitHub has opened the pull request and begun to tell of it. */
export function propose(
  { github }: LoadWorld,
  repository: Repository,
  branch: string,
): Promise<PullRequestIssue> {
  return openPullRequest(github.world, repository, person(findAccount(github.world, 'author')!), {
    title: `Change ${branch}`,
    head: { repository, branch },
    base: 'main',
  });
}
