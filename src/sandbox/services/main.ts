/** `npm run services`: the servers of this folder, for working by hand. */
import { Command, CommanderError } from 'commander';
import { formatError, SlipwayError } from '../../base/error.ts';
import { nearest } from '../../base/suggest.ts';
import { type RunningService, type Service, type ServiceName, services, startService } from './index.ts';

interface Options {
  readonly check?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Servers: ${Object.values(services)
  .map(({ name, title }) => `${name} (${title})`)
  .join(', ')}

Examples:
  npm run services                       start them all, and stay up until Ctrl-C
  npm run services -- moto               only the AWS emulator
  npm run services -- --check            find or install them, start nothing
  npm run services -- moto --json        one JSON document, for a script
`;

const program = new Command('services')
  .description('Start the real servers that the tests and the demo run against, on free loopback ports.')
  .argument('[names...]', 'which servers; all of them by default')
  .option('--check', 'find or install them, say what was found, and exit')
  .option('--json', 'print one JSON document instead of lines')
  .addHelpText('after', EXAMPLES)
  .exitOverride()
  .action(async (names: string[], options: Options) => {
    const wanted = names.length === 0 ? (Object.keys(services) as ServiceName[]) : names.map(serviceName);
    if (options.check) await check(wanted, options);
    else await serve(wanted, options);
  });

function serviceName(name: string): ServiceName {
  if (Object.hasOwn(services, name)) return name as ServiceName;
  const near = nearest(name, Object.keys(services));
  throw new SlipwayError('usage', {
    summary: `There is no server called '${name}'`,
    remedy:
      near === undefined ? `Name one of ${Object.keys(services).join(', ')}` : `Did you mean '${near}'?`,
  });
}

/** Progress goes to standard error, so that standard output holds the addresses alone. */
function progress(name: ServiceName): (line: string) => void {
  return (line) => process.stderr.write(`${name}: ${line} ...\n`);
}

async function check(names: readonly ServiceName[], options: Options): Promise<void> {
  const results = [];
  for (const name of names) {
    const service: Service = services[name];
    const found = await service.find(progress(name));
    results.push({ name, ...found });
    if (found.kind === 'missing') process.exitCode = 1;
    if (options.json) continue;
    const text =
      found.kind === 'found'
        ? `${found.version}  ${[found.program, ...found.arguments].join(' ')}`
        : `missing: ${found.reason}\n${' '.repeat(10)}${service.remedy}`;
    process.stdout.write(`${name.padEnd(10)}${text}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

async function serve(names: readonly ServiceName[], options: Options): Promise<void> {
  // Asked for before the first server starts: Ctrl-C while they start must end those that run.
  const interrupted = untilInterrupted();
  const running: RunningService[] = [];
  try {
    for (const name of names) {
      const service = await Promise.race([
        startService(name, { onProgress: progress(name) }),
        interrupted.then(() => undefined),
      ]);
      if (service === undefined) return;
      running.push(service);
    }
    process.stdout.write(options.json ? asJson(running) : asLines(running));
    await interrupted;
  } finally {
    await Promise.all(running.map((service) => service.stop()));
  }
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A signal handler alone does not keep a process alive.
    const stayUp = setInterval(() => {}, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(stayUp);
        resolve();
      });
    }
  });
}

function asJson(running: readonly RunningService[]): string {
  const list = running.map(({ name, url, pid, environment }) => ({ name, url, pid, environment }));
  return `${JSON.stringify(list, null, 2)}\n`;
}

function asLines(running: readonly RunningService[]): string {
  const addresses = running.map(({ name, url }) => `# ${name.padEnd(10)}${url}`);
  const exports = running.flatMap(({ environment }) =>
    Object.entries(environment).map(([variable, value]) => `export ${variable}='${value}'`),
  );
  return `${[...addresses, ...exports, '# Press Ctrl-C to stop them.'].join('\n')}\n`;
}

try {
  await program.parseAsync();
} catch (error) {
  // commander has printed its own message, and --help is no failure.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 1);
  process.stderr.write(`${formatError(error)}\n`);
  process.exit(1);
}
process.exit();
