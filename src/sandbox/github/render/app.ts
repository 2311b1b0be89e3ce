import type { Endpoints } from '@octokit/types';
import type { App as WebhookApp, Installation as WebhookInstallation } from '@octokit/webhooks-types';
import type { App, Installation } from '../model/app.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { apiUrl, nodeId } from './addresses.ts';

/** An App, as checks, comments and webhook payloads name it. */
export function renderApp(world: World, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    owner: renderAccount(world, app.owner),
    name: app.name,
    description: app.description,
    external_url: app.webhookUrl,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    // A manifest may name permissions and events that the published types do not know yet.
    permissions: app.permissions as NonNullable<WebhookApp['permissions']>,
    events: app.events as NonNullable<WebhookApp['events']>,
  } satisfies WebhookApp;
}

/** The App as it sees itself at `GET /app`. */
export function renderOwnApp(world: World, app: App): NonNullable<Endpoints['GET /app']['response']['data']> {
  const installations = [...world.installations.values()].filter((one) => one.app.id === app.id);
  return {
    ...renderApp(world, app),
    permissions: app.permissions as Record<string, string>,
    events: [...app.events],
    installations_count: installations.length,
  };
}

/** An installation, with the account that it is on. */
export function renderInstallation(world: World, installation: Installation) {
  const { app, account } = installation;
  return {
    id: installation.id,
    account: renderAccount(world, account),
    repository_selection: installation.repositories === 'all' ? ('all' as const) : ('selected' as const),
    access_tokens_url: `${apiUrl(world)}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${apiUrl(world)}/installation/repositories`,
    html_url: `${world.url}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type === 'Organization' ? ('Organization' as const) : ('User' as const),
    permissions: app.permissions as WebhookInstallation['permissions'],
    events: app.events as WebhookInstallation['events'],
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  } satisfies WebhookInstallation;
}

type RestInstallation = Endpoints['GET /app/installations/{installation_id}']['response']['data'];

/** An installation as REST answers it. */
export function renderRestInstallation(world: World, installation: Installation) {
  const rendered = renderInstallation(world, installation);
  return {
    ...rendered,
    permissions: rendered.permissions as RestInstallation['permissions'],
    events: [...installation.app.events],
  } satisfies RestInstallation;
}
