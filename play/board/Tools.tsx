import { BRUSHES, type Brush, type EnvironmentName } from './drawing.ts';

/** What pressing on a cell does. */
export type Tool = 'look' | 'walk' | Brush;

interface Props {
  readonly environment: EnvironmentName;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
}

const NAMES: Readonly<Record<Tool, string>> = {
  look: 'Look',
  walk: 'Walk',
  wall: 'Wall',
  start: 'Start',
  goal: 'Goal',
  worker: 'Worker',
  box: 'Box',
  dock: 'Dock',
};

export function hasTool(environment: EnvironmentName, tool: Tool): boolean {
  return toolsOf(environment).includes(tool);
}

const toolsOf = (environment: EnvironmentName): Tool[] => ['look', ...BRUSHES[environment], 'walk'];

export function Tools({ environment, tool, onTool }: Props) {
  return (
    <fieldset class="choice tools">
      <legend class="hidden">Pressing on a cell</legend>
      {toolsOf(environment).map((name) => (
        <label key={name}>
          <input type="radio" name="tool" checked={tool === name} onChange={() => onTool(name)} />
          <span>{name === 'walk' && environment === 'sokoban' ? 'Play' : NAMES[name]}</span>
        </label>
      ))}
    </fieldset>
  );
}
