import { resolveCommit } from '../git/commits.ts';
import { refusal } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import { rollup } from '../model/checks-on-commit.ts';
import type { Deployment, DeploymentState, DeploymentStatus, Environment } from '../model/deployment.ts';
import { newEnvironmentValues } from '../model/environment-values.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderDeployment, renderWebhookDeploymentStatus } from '../render/deployment.ts';

/** What a new deployment says. `requiredContexts` is null for 'all that there are', an empty list for none. */
export interface NewDeployment {
  readonly ref: string;
  readonly task?: string;
  readonly environment?: string;
  readonly description?: string | null;
  readonly payload?: Record<string, unknown>;
  readonly transient?: boolean;
  readonly production?: boolean;
  readonly requiredContexts?: readonly string[] | null;
}

/** Asks for a deployment of a branch, tag or commit. */
export async function createDeployment(
  world: World,
  repository: Repository,
  actor: Actor,
  content: NewDeployment,
): Promise<Deployment> {
  const sha = await resolveCommit(repository.git, content.ref);
  if (!sha) throw refusal(422, `No ref found for: ${content.ref}`);
  const checks = rollup(repository, sha);
  if (content.requiredContexts?.length !== 0 && (checks === 'failing' || checks === 'pending')) {
    throw refusal(409, `Conflict: Commit status checks failed for ${content.ref}.`);
  }
  const now = timestamp(world);
  const environment = content.environment ?? 'production';
  const deployment: Deployment = {
    id: world.newId(),
    sha,
    ref: content.ref,
    task: content.task ?? 'deploy',
    environment,
    description: content.description ?? null,
    payload: content.payload ?? {},
    transient: content.transient ?? false,
    production: content.production ?? environment === 'production',
    creator: actor.account,
    app: actor.installation?.app ?? null,
    createdAt: now,
    statuses: [],
    updatedAt: now,
  };
  repository.deployments.unshift(deployment);
  ensureEnvironment(world, repository, environment);
  await world.announce('deployment', { repository, sender: actor.account }, () => ({
    action: 'created' as const,
    deployment: renderDeployment(world, repository, deployment),
    workflow: null,
    workflow_run: null,
  }));
  return deployment;
}

/** Says how a deployment goes. A success makes earlier ones of the environment inactive, unless told otherwise. */
export async function createDeploymentStatus(
  world: World,
  repository: Repository,
  actor: Actor,
  deployment: Deployment,
  content: {
    readonly state: DeploymentState;
    readonly description?: string;
    readonly logUrl?: string;
    readonly environmentUrl?: string;
    readonly autoInactive?: boolean;
  },
): Promise<DeploymentStatus> {
  const status = addStatus(world, deployment, actor, content);
  if (content.state === 'success' && content.autoInactive !== false) {
    const earlier = repository.deployments.filter(
      (other) =>
        other !== deployment &&
        other.environment === deployment.environment &&
        !other.transient &&
        other.statuses.at(-1)?.state === 'success',
    );
    for (const other of earlier) addStatus(world, other, actor, { state: 'inactive' });
  }
  await world.announce('deployment_status', { repository, sender: actor.account }, () => ({
    action: 'created' as const,
    deployment_status: renderWebhookDeploymentStatus(world, repository, deployment, status),
    deployment: renderDeployment(world, repository, deployment),
  }));
  return status;
}

function addStatus(
  world: World,
  deployment: Deployment,
  actor: Actor,
  content: {
    readonly state: DeploymentState;
    readonly description?: string;
    readonly logUrl?: string;
    readonly environmentUrl?: string;
  },
): DeploymentStatus {
  const status: DeploymentStatus = {
    id: world.newId(),
    state: content.state,
    description: content.description ?? '',
    logUrl: content.logUrl ?? '',
    environmentUrl: content.environmentUrl ?? '',
    environment: deployment.environment,
    creator: actor.account,
    app: actor.installation?.app ?? null,
    createdAt: timestamp(world),
  };
  deployment.statuses.push(status);
  deployment.updatedAt = status.createdAt;
  return status;
}

/** The environment of this name, made when there is none. */
export function ensureEnvironment(world: World, repository: Repository, name: string): Environment {
  const known = repository.environments.get(name);
  if (known) return known;
  const now = timestamp(world);
  const values = newEnvironmentValues(String(world.newId()));
  const environment = { id: world.newId(), name, createdAt: now, updatedAt: now, values };
  repository.environments.set(name, environment);
  return environment;
}
