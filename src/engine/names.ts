/** Names of nodes and of their outputs. */

export function readName(variable: number): string {
  return `read_${variable}`;
}

export function inputName(prefix: string, i: number): string {
  return `${prefix}input_${i}`;
}

/** Before the names of all nodes of a function. */
export function functionPrefix(name: string): string {
  return `${name}/`;
}

export function partPrefix(name: string, part: number): string {
  return `${name}/part_${part}/`;
}

/** The node whose output it is, or which comes first if it is for order alone. */
export function nodeOf(input: string): string {
  return input.replace(/^\^|:.*$/g, '');
}

/** Before the names of all nodes of a loop. */
export function loopPrefix(copy: number): string {
  return `loop_${copy}/`;
}
