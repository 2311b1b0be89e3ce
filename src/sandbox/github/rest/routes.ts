/**
 * The REST API, one file a family. Each file is a literal table from GitHub's own name of a route to who may call it
 * and what it does; a handler reads the call's fields, calls `actions/`, and answers with an object of `render/`,
 * whose type is the one that GitHub publishes for that route.
 */
import type { RouteTable } from '../http/call.ts';
import { appRoutes } from './apps.ts';
import { branchProtectionRoutes } from './branch-protection.ts';
import { checkSuiteRoutes } from './check-suites.ts';
import { checkRoutes } from './checks.ts';
import { codeScanningRoutes } from './code-scanning.ts';
import { collaboratorRoutes } from './collaborators.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentsRoutes } from './contents.ts';
import { deploymentRoutes } from './deployments.ts';
import { environmentValueRoutes } from './environment-values.ts';
import { gitDataRoutes } from './git-data.ts';
import { hookDeliveryRoutes } from './hook-deliveries.ts';
import { issueRoutes } from './issues.ts';
import { organisationRoutes } from './organisations.ts';
import { pullRoutes } from './pulls.ts';
import { rateLimitRoutes } from './rate-limit.ts';
import { reactionRoutes } from './reactions.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import { searchRoutes } from './search.ts';
import { statusRoutes } from './statuses.ts';
import { teamRoutes } from './teams.ts';
import { userRoutes } from './users.ts';

/** Every family of routes. */
export const families: Readonly<Record<string, RouteTable>> = {
  apps: appRoutes,
  checks: checkRoutes,
  comments: commentRoutes,
  commits: commitRoutes,
  contents: contentsRoutes,
  gitData: gitDataRoutes,
  issues: issueRoutes,
  pulls: pullRoutes,
  reactions: reactionRoutes,
  repositories: repositoryRoutes,
  reviews: reviewRoutes,
  branchProtection: branchProtectionRoutes,
  checkSuites: checkSuiteRoutes,
  codeScanning: codeScanningRoutes,
  collaborators: collaboratorRoutes,
  deployments: deploymentRoutes,
  environmentValues: environmentValueRoutes,
  hookDeliveries: hookDeliveryRoutes,
  organisations: organisationRoutes,
  rateLimit: rateLimitRoutes,
  search: searchRoutes,
  statuses: statusRoutes,
  teams: teamRoutes,
  users: userRoutes,
};
