import { formatDiagnostic } from '../../base/diagnostic.ts';
import { SlipwayError } from '../../base/error.ts';
import { typeSchemas } from '../../provider/schemas.ts';
import { mostMermaidEdges } from '../../review/graph-mermaid.ts';
import { type Graph, graphOf } from '../../review/graph-model.ts';
import { renderSvg } from '../../review/graph-svg.ts';
import { dependenciesOf } from '../../template/dependencies.ts';
import { checkTemplate } from '../../template/validate.ts';
import { readTemplateFile } from '../files.ts';
import { drawDot, drawMermaid } from '../graph-legend.ts';
import { readPlanFile } from '../plan-file.ts';
import type { DefineCommand } from '../program.ts';
import { repositoryPath } from '../project.ts';

interface GraphOptions {
  readonly format: Format;
  readonly json?: true;
  readonly plan?: string;
}

const renderers = {
  mermaid: drawMermaid,
  dot: drawDot,
  svg: renderSvg,
  json: (graph: Graph) => JSON.stringify(graph, undefined, 2),
} as const;
type Format = keyof typeof renderers;

export const defineGraph: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<template>', 'the template file')
    .addOption(
      command
        .createOption('--format <format>', 'as what')
        .choices(Object.keys(renderers))
        .default('mermaid' satisfies Format),
    )
    .option('--json', 'boxes and arrows as JSON: --format json')
    .option(
      '--plan <file>',
      'colour it by what a plan of `slipway plan --out` would do; a legend says what the colours mean',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway graph infra/shop.yaml\n  $ slipway graph infra/shop.yaml --plan plan.json --format svg > shop.svg\n',
    )
    .action((file: string, options: GraphOptions) => {
      choose(async () => {
        const format = options.json ? 'json' : options.format;
        const text = await readTemplateFile(terminal, file);
        const { template, diagnostics } = checkTemplate(text, file, typeSchemas);
        if (!template && format === 'json') terminal.out(JSON.stringify({ diagnostics }, undefined, 2));
        else for (const diagnostic of diagnostics) terminal.err(formatDiagnostic(diagnostic));
        if (!template) return 1;
        const changes = options.plan === undefined ? [] : await changesOf(options.plan);
        const graph = graphOf(
          { resources: template.resources, dependencies: dependenciesOf(template) },
          changes,
        );
        terminal.out(renderers[format](graph).trimEnd());
        warnOfSize(graph, format, (words) => terminal.err(words));
        return 0;

        async function changesOf(path: string) {
          const saved = await readPlanFile(terminal, path);
          if (saved.file === repositoryPath(terminal, file)) return saved.changes;
          throw new SlipwayError('plan-file', {
            summary: `${path} is a plan of ${saved.file}, not of ${file}`,
            remedy: `slipway plan ${file} --out ${path} makes one.`,
          });
        }
      });
    });
};

function warnOfSize({ edges }: Graph, format: Format, say: (words: string) => void): void {
  if (format !== 'mermaid' || edges.length <= mostMermaidEdges) return;
  say(
    `Mermaid draws no more than ${mostMermaidEdges} arrows, and there are ${edges.length}: use --format svg.`,
  );
}
