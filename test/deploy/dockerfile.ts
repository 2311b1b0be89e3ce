/** What a Dockerfile says, as far as the tests need it: stages of instructions, comments and line ends resolved. */
export interface Stage {
  /** `FROM` what. */
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export interface Instruction {
  /** In capitals: `COPY`. */
  readonly name: string;
  readonly rest: string;
}

export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  const whole = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  for (const line of whole.split('\n')) {
    const [, name, rest] = /^([A-Za-z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name.toUpperCase() === 'FROM') {
      const [base = '', , as] = rest.split(/\s+/);
      stages.push({ base, name: as, instructions: [] });
    } else stages.at(-1)!.instructions.push({ name: name.toUpperCase(), rest });
  }
  return stages;
}

/** The rests of all instructions of a name. */
export function every(stage: Stage, name: string): string[] {
  return stage.instructions.filter((i) => i.name === name).map(({ rest }) => rest);
}

/** The one instruction of a name. @throws when there are none or several */
export function only(stage: Stage, name: string): string {
  const [rest, ...others] = every(stage, name);
  if (rest === undefined || others.length > 0) throw new Error(`${name} is to be there once`);
  return rest;
}

/** `ENV`, of which there may be several with several variables each. */
export function environmentOf(stage: Stage): Record<string, string> {
  return Object.fromEntries(
    every(stage, 'ENV').flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split('=', 2))),
  );
}

/** The words of an `ENTRYPOINT`, a `CMD` or a `HEALTHCHECK`, which are in JSON so that no shell is between. */
export function wordsOf(rest: string): string[] {
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[];
}
