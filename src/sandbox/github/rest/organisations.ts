import { noContent, ok, onOrganisation, type RouteTable } from '../http/call.ts';
import { notFound } from '../http/refusal.ts';
import { renderAccount, renderOrganisation } from '../render/account.ts';

/** Who belongs to an organisation. */
export const organisationRoutes: RouteTable = {
  'GET /orgs/{org}/members': {
    access: onOrganisation('members', 'read'),
    handle(call) {
      const role = call.query.get('role') ?? 'all';
      const members = [...call.organisation.members.values()].filter(
        (member) => role === 'all' || member.role === role,
      );
      return ok(call.page(members).map((member) => renderAccount(call.world, member.account)));
    },
  },
  'GET /orgs/{org}/members/{username}': {
    access: onOrganisation('members', 'read'),
    handle({ organisation, path }) {
      if (!organisation.members.has(path.username!.toLowerCase())) throw notFound();
      return noContent;
    },
  },
  'GET /orgs/{org}/memberships/{username}': {
    access: onOrganisation('members', 'read'),
    handle({ world, organisation, path }) {
      const member = organisation.members.get(path.username!.toLowerCase());
      if (!member) throw notFound();
      const { url, ...rest } = renderOrganisation(world, organisation);
      return ok({
        url: `${url}/memberships/${member.account.login}`,
        state: 'active' as const,
        role: member.role,
        organization_url: url,
        organization: { ...rest, url },
        user: renderAccount(world, member.account),
      });
    },
  },
};
