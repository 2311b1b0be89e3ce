import type { Account } from './account.ts';
import type { App } from './app.ts';
import type { EnvironmentValues } from './environment-values.ts';

export const deploymentStates = [
  'error',
  'failure',
  'inactive',
  'in_progress',
  'queued',
  'pending',
  'success',
] as const;
export type DeploymentState = (typeof deploymentStates)[number];

/** A request to deploy a commit to an environment. */
export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: Record<string, unknown>;
  readonly transient: boolean;
  readonly production: boolean;
  readonly creator: Account;
  readonly app: App | null;
  readonly createdAt: string;
  readonly statuses: DeploymentStatus[];
  updatedAt: string;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: DeploymentState;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly environment: string;
  readonly creator: Account;
  readonly app: App | null;
  readonly createdAt: string;
}

/** A named target of deployments. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly values: EnvironmentValues;
}
