/** The page's entry. */
import { render } from 'preact';
import { App } from './App.tsx';
import { startSearcher } from './search/searcher.ts';

render(<App searcher={startSearcher()} />, document.querySelector('#page')!);
