/** What takes room in a column. */
interface Placed {
  readonly height: number;
  y: number;
}

/**
 * Gives each its place, in the order in which they come, without overlap and as near to where it is wanted as can
 * be. That is an isotonic regression, by pooling adjacent violators (Ayer and others, 1955): neighbours that want
 * into one another become a block, which stands at the mean of what its members want.
 */
export function settle<T extends Placed>(column: readonly T[], wanted: (item: T) => number): void {
  interface Block {
    sum: number;
    size: number;
  }
  const blocks: Block[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [i, item] of column.entries()) {
    if (i > 0) offset += (column[i - 1]!.height + item.height) / 2;
    offsets.push(offset);
    let block: Block = { sum: wanted(item) - offset, size: 1 };
    for (let last = blocks.at(-1); last && mean(last) >= mean(block); last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: last.sum + block.sum, size: last.size + block.size };
    }
    blocks.push(block);
  }
  let i = 0;
  for (const block of blocks) {
    for (let left = block.size; left > 0; left--, i++) column[i]!.y = mean(block) + offsets[i]!;
  }

  function mean({ sum, size }: Block): number {
    return sum / size;
  }
}

/** How many pairs stand in the wrong order: lines whose ends do cross. Counted while merging. */
export function inversionsOf(numbers: readonly number[]): number {
  let from = [...numbers];
  let to = new Array<number>(from.length);
  let found = 0;
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) to[at] = from[left++]!;
        else {
          found += middle - left;
          to[at] = from[right++]!;
        }
      }
    }
    [from, to] = [to, from];
  }
  return found;
}
