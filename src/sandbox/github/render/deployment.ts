import type { Endpoints } from '@octokit/types';
import type { DeploymentStatusCreatedEvent, Deployment as WebhookDeployment } from '@octokit/webhooks-types';
import type { Deployment, DeploymentStatus, Environment } from '../model/deployment.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { nodeId, repositoryApiUrl, repositoryUrl } from './addresses.ts';
import { renderApp } from './app.ts';
import { restApp } from './issue.ts';

/** A deployment. */
export function renderDeployment(world: World, repository: Repository, deployment: Deployment) {
  const api = repositoryApiUrl(world, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: renderAccount(world, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.app ? renderApp(world, deployment.app) : null,
  } satisfies WebhookDeployment;
}

/** A deployment as REST answers it. */
export function renderRestDeployment(
  world: World,
  repository: Repository,
  deployment: Deployment,
): Endpoints['GET /repos/{owner}/{repo}/deployments/{deployment_id}']['response']['data'] {
  const { performed_via_github_app, ...rest } = renderDeployment(world, repository, deployment);
  return { ...rest, performed_via_github_app: performed_via_github_app && restApp(performed_via_github_app) };
}

/** One status of a deployment. */
export function renderDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): Endpoints['GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}']['response']['data'] {
  const api = repositoryApiUrl(world, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: renderAccount(world, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: api,
    performed_via_github_app: status.app ? restApp(renderApp(world, status.app)) : null,
  };
}

/** The same status in a webhook payload; the published schema has no `inactive`, and wants addresses to be ones. */
export function renderWebhookDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): DeploymentStatusCreatedEvent['deployment_status'] {
  const {
    performed_via_github_app: _,
    log_url,
    ...rest
  } = renderDeploymentStatus(world, repository, deployment, status);
  return {
    ...rest,
    id: status.id,
    state: status.state as DeploymentStatusCreatedEvent['deployment_status']['state'],
    creator: renderAccount(world, status.creator),
    environment: status.environment,
    environment_url: status.environmentUrl,
    ...(log_url ? { log_url } : {}),
    performed_via_github_app: status.app ? renderApp(world, status.app) : null,
  };
}

/** A deployment environment. */
export function renderEnvironment(
  world: World,
  repository: Repository,
  environment: Environment,
): Endpoints['GET /repos/{owner}/{repo}/environments/{environment_name}']['response']['data'] {
  const name = encodeURIComponent(environment.name);
  return {
    id: environment.id,
    node_id: nodeId('Environment', environment.id),
    name: environment.name,
    url: `${repositoryApiUrl(world, repository)}/environments/${name}`,
    html_url: `${repositoryUrl(world, repository)}/deployments/activity_log?environments_filter=${name}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    protection_rules: [],
    deployment_branch_policy: null,
  };
}
