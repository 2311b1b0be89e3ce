import { formatError } from '../../base/error.ts';
import { colors, type Terminal } from '../../cli/terminal.ts';
import { type Shop, type ShopOptions, startShop } from '../start-shop.ts';
import { embeddedRows } from './database-rows.ts';
import { type FleetShop, startFleetShop } from './fleet.ts';
import { shopVaultIfThere } from './shop-vault.ts';
import { readShown } from './shown.ts';
import { firstFiles, type Step, story } from './story.ts';

interface StepRecord {
  readonly step: number;
  readonly title: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly seen: readonly string[];
  readonly error?: string;
}

export interface DemoOptions {
  readonly once: boolean;
  readonly json: boolean;
  /** One with the embedded database, more of them on PostgreSQL. */
  readonly processes: number;
}

/**
 * Starts everything, plays the story and tells each step. Then stays up for people to try, unless `once`. Gives
 * the exit code: 0 only if every step held.
 */
export async function playDemo(terminal: Terminal, options: DemoOptions): Promise<number> {
  const { dim, bold } = colors(terminal);
  const say = (text: string) => (options.json ? terminal.err(text) : terminal.out(text));
  say(dim(`Starting a GitHub, an AWS emulator and ${slipways(options)} on this machine...`));
  const began = Date.now();
  const onProgress = (message: string) => say(dim(message));
  const starting = shopVaultIfThere(terminal.env, onProgress);
  let stage: Stage | undefined;
  try {
    const environment = starting.then(({ vault }) => vault?.environment ?? {});
    // Waited for where Slipway is started; a failure before that must not be one that nobody handles.
    environment.catch(() => {});
    stage = await startStage(options.processes, onProgress, environment);
    const { vault, leftOut } = await starting;
    const { shop, killTheOneThatApplies: meanwhile, databaseRows } = stage;
    say(dim(`Ready after ${seconds(Date.now() - began)}.`));
    const steps = await playSteps(terminal, story({ shop, vault, databaseRows, meanwhile }), say);
    if (leftOut !== undefined) say(`\nThe step with secrets from Vault was left out. ${leftOut}`);
    const ok = steps.every((s) => s.ok);
    const webhooks = shop.balancer?.answered;
    if (webhooks) say(dim(`\nWebhooks, by process: ${webhooks.join(', ')}.`));
    for (const slipway of ok ? [] : shop.processes)
      say(`\nSlipway's log:\n${slipway.log().split('\n').slice(-60).join('\n')}`);
    if (options.json) {
      const shown = await readShown(shop.as('author'));
      terminal.out(
        JSON.stringify({ ok, ms: Date.now() - began, steps, leftOut, webhooks, shown }, undefined, 2),
      );
    } else {
      say(bold(ok ? `\nEvery step held, in ${seconds(Date.now() - began)}.` : '\nThe story broke off.'));
    }
    if (!options.once) await stayUp(terminal, shop);
    return ok ? 0 : 1;
  } finally {
    await stage?.stop();
    const { vault } = await starting.catch(() => ({ vault: undefined }));
    await vault?.stop();
  }
}

function slipways({ processes }: DemoOptions): string {
  return processes === 1 ? 'Slipway' : `${processes} processes of Slipway on PostgreSQL`;
}

/** One process is not killed: there would be nobody else to go on. */
type Stage = Omit<FleetShop, 'killTheOneThatApplies'> & Partial<FleetShop>;

async function startStage(
  processes: number,
  onProgress: (message: string) => void,
  environment: Exclude<ShopOptions['environment'], undefined> = {},
): Promise<Stage> {
  const world = { files: await firstFiles(), onProgress, environment };
  if (processes > 1) return startFleetShop({ ...world, processes });
  const shop = await startShop(world);
  return { shop, databaseRows: () => embeddedRows(shop), stop: () => shop.stop() };
}

/** Starts everything and stays up, with nothing played: for people who want to write the story themselves. */
export async function stageDemo(terminal: Terminal, processes: number): Promise<number> {
  terminal.out('Starting a GitHub, an AWS emulator and Slipway on this machine...');
  const { shop, stop } = await startStage(processes, (message) => terminal.out(message));
  try {
    await stayUp(terminal, shop);
    return 0;
  } finally {
    await stop();
  }
}

/** Plays until a step fails: those after it build on it. */
async function playSteps(
  terminal: Terminal,
  steps: readonly Step[],
  say: (text: string) => void,
): Promise<readonly StepRecord[]> {
  const { green, red, dim, bold } = colors(terminal);
  const records: StepRecord[] = [];
  for (const [index, step] of steps.entries()) {
    say(`\n${bold(`${index + 1}. ${step.title}`)}`);
    const began = Date.now();
    try {
      const seen = await step.play();
      const ms = Date.now() - began;
      for (const line of seen) say(`   ${line}`);
      say(`   ${green('✓')} ${dim(seconds(ms))}`);
      records.push({ step: index + 1, title: step.title, ok: true, ms, seen });
    } catch (error) {
      const message = formatError(error);
      say(`   ${red('✗')} ${message}`);
      records.push({
        step: index + 1,
        title: step.title,
        ok: false,
        ms: Date.now() - began,
        seen: [],
        error: message,
      });
      break;
    }
  }
  return records;
}

async function stayUp(terminal: Terminal, shop: Shop): Promise<void> {
  const { bold } = colors(terminal);
  const { author } = shop.people;
  terminal.out(`
Now try it by hand. Both addresses are on this machine only, until Ctrl-C.
  GitHub's pages:  ${bold(`${shop.github.url}/acme/shop/pulls`)}
  To clone:        ${bold(`git clone ${shop.cloneUrl.replace('://', `://${author.login}:${author.token}@`)}`)}
Push a branch with a template in infra/, open a pull request on the pages, comment as anybody.`);
  await new Promise<void>((stopped) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped());
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
