import type { ComponentChildren } from 'preact';

interface Props {
  readonly tabs: readonly { readonly name: string; readonly title: string }[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
  readonly children: ComponentChildren;
}

/** Tabs by the pattern that screen readers know: arrow keys go from one to the next. */
export function Tabs({ tabs, chosen, onChoose, children }: Props) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ name }) => name === chosen);
    const { name } = tabs[(at + step + tabs.length) % tabs.length]!;
    onChoose(name);
    document.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Who thinks" onKeyDown={onKeyDown}>
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === chosen}
            aria-controls="tabpanel"
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id="tabpanel" aria-labelledby={`tab-${chosen}`}>
        {children}
      </div>
    </>
  );
}
