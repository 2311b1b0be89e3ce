import { verify } from 'node:crypto';
import type { App, Token } from '../model/app.ts';
import type { World } from '../model/world.ts';
import { refusal } from './refusal.ts';

/** Who a request comes from: somebody with a token, an App as itself, or nobody. */
export interface Caller {
  readonly token: Token | null;
  readonly app: App | null;
  /** What the rate limit is counted under. */
  readonly key: string;
}

const nobody: Caller = { token: null, app: null, key: 'anonymous' };

/** The longest that an App's own token may live, and how far clocks may be apart, in seconds. */
const longestJwt = 600;
const clockSkew = 60;

/** Finds out who calls the API, from the Authorization header. Refuses with 401 what it does not know. */
export function authenticate(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined || authorization === '') return nobody;
  const [, scheme, credentials] = /^(\S+)\s+(\S+)\s*$/.exec(authorization) ?? [];
  if (!scheme || !credentials) throw refusal(401, 'Bad credentials');
  if (scheme.toLowerCase() === 'basic') return basicCaller(world, credentials);
  if (!['bearer', 'token'].includes(scheme.toLowerCase())) throw refusal(401, 'Bad credentials');
  if (credentials.split('.').length === 3) {
    const app = verifyAppToken(world, credentials);
    return { token: null, app, key: `app ${app.id}` };
  }
  return { token: findToken(world, credentials), app: null, key: credentials };
}

/** Finds out who uses git, where the token is the password (or the user name) of basic authentication. */
export function basicCaller(world: World, credentials: string): Caller {
  const [user = '', ...rest] = Buffer.from(credentials, 'base64').toString().split(':');
  const password = rest.join(':');
  const secret = password === '' || password === 'x-oauth-basic' ? user : password;
  return { token: findToken(world, secret), app: null, key: secret };
}

function findToken(world: World, secret: string): Token {
  const token = world.tokens.get(secret);
  if (!token) throw refusal(401, 'Bad credentials');
  if (token.kind === 'installation') {
    if (token.expiresAt <= world.clock.now()) throw refusal(401, 'Bad credentials');
    if (token.installation.suspendedAt) throw refusal(403, 'This installation has been suspended');
  }
  return token;
}

/** Verifies the JSON web token by which an App speaks for itself, with the App's public key. */
function verifyAppToken(world: World, jwt: string): App {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const header = parsePart(head);
  const claims = parsePart(body);
  const app = world.apps.get(Number(claims?.iss));
  if (!header || !claims || header.alg !== 'RS256') {
    throw refusal(401, 'A JSON web token could not be decoded');
  }
  if (!app) throw refusal(401, 'Integration not found');
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) throw refusal(401, 'A JSON web token could not be decoded');
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const { exp, iat } = claims;
  if (typeof exp !== 'number' || exp <= now) {
    const claim = "'Expiration time' claim ('exp')";
    throw refusal(
      401,
      `${claim} must be a numeric value representing the future time at which the assertion expires`,
    );
  }
  if (exp > now + longestJwt + clockSkew) {
    throw refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== 'number' || iat > now + clockSkew) {
    const claim = "'Issued at' claim ('iat')";
    throw refusal(401, `${claim} must be an Integer representing the time that the assertion was issued`);
  }
  return app;
}

function parsePart(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
