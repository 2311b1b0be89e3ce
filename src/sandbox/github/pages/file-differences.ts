import { html } from 'hono/html';
import type { FileChange } from '../git/diff.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { annotationBox, placeOf, type Remark } from './annotations.ts';
import { type DiffRow, diffRows } from './diff-rows.ts';
import { icon } from './icons.ts';
import { pathOf } from './names.ts';
import type { Html, MaybeHtml } from './site.ts';

/** Rows of one file that are laid out; GitHub does not render large differences either. */
const mostRows = 3000;

/** Files with their differences, line by line, and what checks remark on those lines. */
export function fileDifferences(
  repository: Repository,
  sha: string,
  files: readonly FileChange[],
  remarks: readonly Remark[],
): Html {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const blob = (path: string) => `/${fullName(repository)}/blob/${sha}/${pathOf(path)}`;
  return html`<p class="quiet summary">${files.length} changed ${files.length === 1 ? 'file' : 'files'} with <span class="added">+${additions}</span> <span class="removed">−${deletions}</span></p>
${files.map(
  (
    file,
  ) => html`<details class="box file" open><summary class="box-head">${counts(file)} <code class="grow">${
    file.previousFilename ? `${file.previousFilename} → ` : ''
  }${file.filename}</code> ${file.status === 'modified' ? '' : html`<span class="pill">${file.status}</span>`} <a href="${blob(file.filename)}">View file</a></summary>
${table(
  file,
  remarks.filter((remark) => remark.annotation.path === file.filename),
)}</details>`,
)}`;
}

function counts(file: FileChange): Html {
  return html`<span class="counts"><span class="added">+${file.additions}</span> <span class="removed">−${file.deletions}</span></span>`;
}

function table(file: FileChange, remarks: readonly Remark[]): Html {
  if (file.patch === null) {
    const words =
      file.status === 'renamed' ? 'Renamed without changes.' : 'A binary file, or one without content.';
    return html`<p class="pad quiet">${words}</p>${rest(remarks)}`;
  }
  const rows = diffRows(file.patch);
  const shown = rows.slice(0, mostRows);
  const seen = new Set(shown.map((row) => row.after));
  const at = (line: number | null) =>
    line === null ? [] : remarks.filter(({ annotation }) => annotation.endLine === line);
  return html`<div class="scroll"><table class="source diff"><tbody>${shown.map(
    (row) =>
      html`${rowOf(file.filename, row)}${at(row.after).map(
        (remark) =>
          html`<tr class="remark"><td colspan="3">${annotationBox(remark, html`Line ${remark.annotation.endLine}`)}</td></tr>`,
      )}`,
  )}</tbody></table></div>
${rows.length > mostRows ? html`<p class="pad quiet">${rows.length - mostRows} more lines are not shown.</p>` : ''}
${rest(remarks.filter(({ annotation }) => !seen.has(annotation.endLine)))}`;
}

/** Remarks on lines that the difference does not show. */
function rest(remarks: readonly Remark[]): MaybeHtml {
  if (remarks.length === 0) return '';
  return html`<div class="pad">${remarks.map((remark) => annotationBox(remark, html`<code>${placeOf(remark.annotation)}</code>`))}</div>`;
}

const signs = { add: '+', del: '-', context: ' ', hunk: '', note: '' } as const;

function rowOf(path: string, row: DiffRow): Html {
  if (row.kind === 'hunk')
    return html`<tr class="hunk"><td colspan="2" class="line-number">${icon('menu')}</td><td class="line-text">${row.text}</td></tr>`;
  if (row.kind === 'note')
    return html`<tr class="quiet"><td colspan="2"></td><td class="line-text">${row.text}</td></tr>`;
  const id = row.after === null ? `${path}-L${row.before}` : `${path}-R${row.after}`;
  return html`<tr id="${id}" class="${row.kind}"><td class="line-number">${row.before ?? ''}</td><td class="line-number">${row.after ?? ''}</td><td class="line-text"><span class="sign">${signs[row.kind]}</span>${row.text}</td></tr>`;
}
