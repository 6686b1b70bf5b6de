import { useState } from 'preact/hooks';
import { InputError } from '../../envs/inputError.ts';
import { drawingOf, textOf, type Drawing } from './drawing.ts';
import { linkOf } from './link.ts';

interface Props {
  readonly drawing: Drawing;
  readonly onDrawing: (drawing: Drawing) => void;
}

/** The board as text, to copy and to paste, and as a link. */
export function BoardText({ drawing, onDrawing }: Props) {
  const own = textOf(drawing);
  const [edited, setEdited] = useState<{ readonly of: string; readonly text: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [copied, setCopied] = useState<string | null>(null);
  // What was typed belongs to the board that it was typed over.
  const text = edited?.of === own ? edited.text : own;
  const use = (): void => {
    try {
      onDrawing(drawingOf(text));
      setEdited(null);
      setProblem(null);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      setProblem(error.message);
    }
  };
  const copyLink = async (): Promise<void> => {
    const link = location.href.replace(/#.*$/s, '') + linkOf(drawing);
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      setCopied('Copied.');
    } catch {
      setCopied('The link is in the address bar now.');
    }
  };
  return (
    <details class="text">
      <summary>Text and link</summary>
      <label for="text">
        <code>#</code> wall <code>.</code> free <code>S</code> start <code>G</code> goal; or a
        Sokoban level in XSB. Paste over it, then use it.
      </label>
      <textarea
        id="text"
        spellcheck={false}
        rows={Math.min(16, drawing.height + 1)}
        value={text}
        onInput={({ currentTarget }) => setEdited({ of: own, text: currentTarget.value })}
      />
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <span class="buttons">
        <button type="button" onClick={use}>
          Use this text
        </button>
        <button type="button" onClick={() => void copyLink()}>
          Copy a link to this board
        </button>
        <span role="status">{copied}</span>
      </span>
    </details>
  );
}
