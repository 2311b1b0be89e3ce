import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a machine is told of whom to trust, each a line a thing as sshd's files have it. */
export interface Trusted {
  /** `TrustedUserCAKeys` */
  readonly cas: readonly string[];
  /** `AuthorizedPrincipalsFile` */
  readonly principals: readonly string[];
  /** `RevokedKeys` */
  readonly revoked?: readonly string[];
}

/** A person with a key of their own and OpenSSH's own tools: what it lets in is what sshd does, by the same code. */
export interface Person {
  /** `ssh-ed25519 AAAA...` */
  readonly publicKey: string;
  /** What `ssh-keygen -L` says of a certificate. */
  describe(certificate: string): Promise<string>;
  /** Whether somebody who trusts these takes a signature by the certificate as one of that principal's. */
  isLetIn(certificate: string, trusted: Trusted, principal: string): Promise<boolean>;
  remove(): Promise<void>;
}

export async function newPerson(): Promise<Person> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-person-'));
  const at = (name: string) => join(folder, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('id')]);
  return {
    publicKey: (await readFile(at('id.pub'), 'utf8')).trim(),
    async describe(certificate) {
      await writeFile(at('id-cert.pub'), certificate);
      return (await run('ssh-keygen', ['-L', '-f', at('id-cert.pub')])).stdout;
    },
    async isLetIn(certificate, { cas, principals, revoked = [] }, principal) {
      await rm(at('challenge.sig'), { force: true });
      await writeFile(at('id-cert.pub'), certificate);
      await writeFile(at('challenge'), 'who is there');
      await writeFile(at('revoked'), lines(revoked));
      const allowed = principals.flatMap((one) => cas.map((ca) => `${one} cert-authority ${ca}`));
      await writeFile(at('allowed'), lines(allowed));
      await run('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'login', '-f', at('id-cert.pub'), at('challenge')]);
      const verify = `ssh-keygen -Y verify -f allowed -I ${principal} -n login -s challenge.sig -r revoked < challenge`;
      return run('sh', ['-c', verify], { cwd: folder }).then(
        () => true,
        (error: { readonly code?: number; readonly stdout?: string }) => {
          if (error.code === 255 && error.stdout?.includes('Could not verify')) return false;
          throw error;
        },
      );
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
