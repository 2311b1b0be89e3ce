import { createDeployment, createDeploymentStatus, ensureEnvironment } from '../actions/deployments.ts';
import { type Call, created, noContent, ok, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf, present } from '../http/fields.ts';
import { invalid, notFound } from '../http/refusal.ts';
import { type Deployment, deploymentStates } from '../model/deployment.ts';
import { renderDeploymentStatus, renderEnvironment, renderRestDeployment } from '../render/deployment.ts';

/** Deployments, how they went, and the environments that they are of. */
export const deploymentRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/deployments': {
    access: onRepository('deployments', 'read'),
    handle(call) {
      const { world, repository, query } = call;
      const wanted = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
      const found = repository.deployments.filter(
        ({ sha, ref, task, environment }) =>
          wanted('sha', sha) &&
          wanted('ref', ref) &&
          wanted('task', task) &&
          wanted('environment', environment),
      );
      return ok(call.page(found).map((one) => renderRestDeployment(world, repository, one)));
    },
  },
  'POST /repos/{owner}/{repo}/deployments': {
    access: onRepository('deployments', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'Deployment');
      const deployment = await createDeployment(world, repository, actor, {
        ref: body.text('ref'),
        ...present({
          task: body.optionalText('task'),
          environment: body.optionalText('environment'),
          description: body.nullableText('description'),
          payload: payloadIn(call),
          transient: body.flag('transient_environment'),
          production: body.flag('production_environment'),
          requiredContexts: body.texts('required_contexts'),
        }),
      });
      return created(renderRestDeployment(world, repository, deployment));
    },
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}': {
    access: onRepository('deployments', 'read'),
    handle: (call) => ok(renderRestDeployment(call.world, call.repository, deploymentIn(call))),
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': {
    access: onRepository('deployments', 'read'),
    handle(call) {
      const { world, repository } = call;
      const deployment = deploymentIn(call);
      const statuses = call.page([...deployment.statuses].reverse());
      return ok(statuses.map((status) => renderDeploymentStatus(world, repository, deployment, status)));
    },
  },
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': {
    access: onRepository('deployments', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'DeploymentStatus');
      const deployment = deploymentIn(call);
      const description = body.optionalText('description');
      if (description && description.length > 140) {
        throw invalid({
          resource: 'DeploymentStatus',
          field: 'description',
          code: 'custom',
          message: 'description is too long (maximum is 140 characters)',
        });
      }
      const status = await createDeploymentStatus(world, repository, actor, deployment, {
        state: body.oneOf('state', deploymentStates),
        ...present({
          description,
          logUrl: body.optionalText('log_url') ?? body.optionalText('target_url'),
          environmentUrl: body.optionalText('environment_url'),
          autoInactive: body.flag('auto_inactive'),
        }),
      });
      return created(renderDeploymentStatus(world, repository, deployment, status));
    },
  },
  'GET /repos/{owner}/{repo}/environments': {
    access: onRepository('actions', 'read'),
    handle(call) {
      const { world, repository } = call;
      const all = [...repository.environments.values()];
      const environments = call.page(all).map((one) => renderEnvironment(world, repository, one));
      return ok({ total_count: all.length, environments });
    },
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}': {
    access: onRepository('actions', 'read'),
    handle({ world, repository, path }) {
      const environment = repository.environments.get(path.environment_name!);
      if (!environment) throw notFound();
      return ok(renderEnvironment(world, repository, environment));
    },
  },
  'PUT /repos/{owner}/{repo}/environments/{environment_name}': {
    access: onRepository('administration', 'write', 'admin'),
    handle({ world, repository, path }) {
      const environment = ensureEnvironment(world, repository, path.environment_name!);
      return ok(renderEnvironment(world, repository, environment));
    },
  },
  'DELETE /repos/{owner}/{repo}/environments/{environment_name}': {
    access: onRepository('administration', 'write', 'admin'),
    handle({ repository, path }) {
      if (!repository.environments.delete(path.environment_name!)) throw notFound();
      return noContent;
    },
  },
};

function deploymentIn(call: Call): Deployment {
  const id = call.number('deployment_id');
  const deployment = call.repository.deployments.find((one) => one.id === id);
  if (!deployment) throw notFound();
  return deployment;
}

/** The payload, which may be an object or a JSON text. */
function payloadIn(call: Call): Record<string, unknown> | undefined {
  const { payload } = call.body;
  if (typeof payload !== 'string') return payload as Record<string, unknown> | undefined;
  try {
    return payload === '' ? {} : (JSON.parse(payload) as Record<string, unknown>);
  } catch {
    throw invalid({ resource: 'Deployment', field: 'payload', code: 'invalid' });
  }
}
