import picomatch from 'picomatch';
import * as z from 'zod';

/** A folder of version 2 of the key/value engine: `secret/data/shop/prod`. */
const vaultFolder = z
  .string()
  .regex(/^[\w-]+(?:\/[\w-]+)*?\/data(?:\/[\w.-]+)+$/, {
    message: 'must be a folder of version 2 of the key/value engine, such as secret/data/shop/prod',
  })
  .refine((folder) => folder.split('/').every((name) => !/^\.\.?$/.test(name)), {
    message: 'must not climb',
  });

/**
 * Where outputs may go. Not a glob of places but the one folder and the one environment: a template that is the same in
 * every environment then lands where the environment has its room, and can name no other's.
 */
export const handOver = z.strictObject({
  vault: z.exactOptional(vaultFolder.describe('The folder in Vault: everything goes below it.')),
  github: z.exactOptional(
    z
      .strictObject({
        environment: z
          .string()
          .min(1)
          .max(255)
          .describe(
            "An environment of the repository on GitHub: whoever's workflow may use it reads what goes there.",
          ),
        names: z
          .array(z.string().min(1))
          .min(1)
          .meta({ title: 'globs' })
          .describe('Names of variables and secrets that templates may write there, such as `SHOP_*`.'),
      })
      .meta({ title: 'mapping' })
      .describe('Where on GitHub, in the repository of the stack.'),
  ),
});

/** Whether a path below the folder stays below it. */
export function isInFolder(path: string): boolean {
  return path.split('/').every((name) => /^[\w.-]{1,128}$/.test(name) && !/^\.\.?$/.test(name));
}

/** Whether the settings let a variable or secret of this name be written. */
export function isGiveable(name: string, names: readonly string[]): boolean {
  return picomatch.isMatch(name, [...names], { nonegate: true });
}
