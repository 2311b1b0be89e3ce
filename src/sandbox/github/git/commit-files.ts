import { runGit } from './command.ts';
import type { Signature } from './commits.ts';
import { type GitStore, noCommit, type RefChange } from './store.ts';

/** Files to write in one commit, by path; null removes the file. */
export type FileEdits = Readonly<Record<string, string | Buffer | null>>;

/**
 * Commits file edits to a branch in one run of `git fast-import`, whatever their number, and moves the branch. Made
 * for seeding and for the contents API.
 */
export async function commitFiles(
  store: GitStore,
  options: {
    readonly branch: string;
    readonly message: string;
    readonly files: FileEdits;
    readonly author: Signature;
    readonly committer: Signature;
  },
): Promise<RefChange> {
  const ref = `refs/heads/${options.branch}`;
  const parent = store.refs.get(ref);
  const parts: Buffer[] = [];
  const line = (text: string) => parts.push(Buffer.from(`${text}\n`));
  const data = (content: string | Buffer) => {
    const bytes = Buffer.from(content as string);
    line(`data ${bytes.length}`);
    parts.push(bytes, Buffer.from('\n'));
  };
  line('feature done');
  line(`commit ${ref}`);
  line('mark :1');
  line(`author ${signatureLine(options.author)}`);
  line(`committer ${signatureLine(options.committer)}`);
  data(options.message.endsWith('\n') ? options.message : `${options.message}\n`);
  if (parent) line(`from ${parent}`);
  for (const [path, content] of Object.entries(options.files)) {
    const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
    if (content === null) {
      line(`D ${quoted}`);
    } else {
      line(`M 100644 inline ${quoted}`);
      data(content);
    }
  }
  line('get-mark :1');
  line('done');
  const { stdout } = await runGit(store.directory, ['fast-import', '--quiet', '--date-format=raw'], {
    input: Buffer.concat(parts),
  });
  const after = stdout.toString().trim();
  store.refs = new Map(store.refs).set(ref, after);
  return { ref, before: parent ?? noCommit, after };
}

function signatureLine({ name, email, date }: Signature): string {
  const plain = (text: string) => text.replace(/[<>\n]/g, '');
  return `${plain(name)} <${plain(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}
