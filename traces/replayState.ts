/** What A* knows at a point of a replay: costs and open list, with a memory of all changes. */
import type { Node } from './stateSpace.ts';

export interface ReplayState {
  /** Number of open states. */
  readonly size: number;
  /** The least f of an open state; there must be one. */
  lowestF(): number;
  open(node: Node, g: number): void;
  close(node: Node): void;
  /** A point that `undo` returns to. */
  mark(): number;
  undo(mark: number): void;
  /** Equal for equal costs and open lists; different for others but for a chance of 2⁻⁶⁴. */
  signature(): string;
}

export function createReplayState(): ReplayState {
  const trail: { readonly node: Node; readonly g: number; readonly open: boolean }[] = [];
  /** Open states by f. */
  const counts: number[] = [];
  let lowest = Infinity;
  let size = 0;
  let signatureA = 0;
  let signatureB = 0;

  function sign(node: Node): void {
    if (node.g === Infinity) return;
    const entry = (2 * node.g + (node.open ? 1 : 0)) | 0;
    signatureA ^= mix(mix(node.state ^ 0x2545f491) ^ entry);
    signatureB ^= mix(mix(node.state ^ 0x68e31da4) ^ entry);
  }

  function put(node: Node, g: number, open: boolean): void {
    sign(node);
    if (node.open) {
      counts[node.g + node.h]!--;
      size--;
    }
    node.g = g;
    node.open = open;
    sign(node);
    if (!open) return;
    const f = g + node.h;
    counts[f] = (counts[f] ?? 0) + 1;
    if (f < lowest) lowest = f;
    size++;
  }

  function change(node: Node, g: number, open: boolean): void {
    trail.push({ node, g: node.g, open: node.open });
    put(node, g, open);
  }

  return {
    get size() {
      return size;
    },
    lowestF() {
      while ((counts[lowest] ?? 0) === 0) lowest++;
      return lowest;
    },
    open: (node, g) => change(node, g, true),
    close: (node) => change(node, node.g, false),
    mark: () => trail.length,
    undo(mark) {
      while (trail.length > mark) {
        const { node, g, open } = trail.pop()!;
        put(node, g, open);
      }
    },
    signature: () => `${signatureA},${signatureB}`,
  };
}

/** A bijection of 32-bit integers in which every input bit sways every output bit. */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
