import type { Action } from '../plan/plan.ts';

/** How a box looks; colours as `#rrggbb`. */
export interface Look {
  readonly fill: string;
  readonly stroke: string;
  readonly color: string;
  readonly strokeWidth?: number;
  readonly dashed?: boolean;
}

/** By what a plan does: what destroys is red, wherever it is drawn. The colours are those of GitHub's own pages. */
export const actionLooks: Readonly<Record<Action, Look>> = {
  delete: { fill: '#ffebe9', stroke: '#cf222e', color: '#82071e' },
  replace: { fill: '#ffebe9', stroke: '#cf222e', color: '#82071e', strokeWidth: 3 },
  update: { fill: '#fff8c5', stroke: '#9a6700', color: '#633c01' },
  create: { fill: '#dafbe1', stroke: '#1a7f37', color: '#0a3d1a' },
  import: { fill: '#ddf4ff', stroke: '#0969da', color: '#0a3069' },
  forget: { fill: '#f6f8fa', stroke: '#59636e', color: '#59636e', dashed: true },
  none: { fill: '#ffffff', stroke: '#59636e', color: '#1f2328' },
};

/** A look as mermaid's `classDef` takes it. */
export function mermaidLook({ fill, stroke, color, strokeWidth, dashed }: Look): string {
  const parts = [`fill:${fill}`, `stroke:${stroke}`, `color:${color}`];
  if (strokeWidth !== undefined) parts.push(`stroke-width:${strokeWidth}px`);
  if (dashed) parts.push('stroke-dasharray:4');
  return parts.join(',');
}
