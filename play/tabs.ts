/** The tabs of the page, in their order. */
import { useModelView } from './model/useModelView.tsx';
import { useSearchView } from './search/useSearchView.tsx';
import type { Tab } from './tab.ts';

export const TABS: readonly [Tab, ...Tab[]] = [
  { name: 'search', title: 'A*', wantsModel: false, useView: useSearchView },
  { name: 'model', title: 'Model', wantsModel: true, useView: useModelView },
];
