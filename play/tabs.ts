/** The tabs of the page, in their order. */
import { useCompareView } from './compare/useCompareView.tsx';
import { useDroppingView } from './dropping/useDroppingView.tsx';
import { useModelView } from './model/useModelView.tsx';
import { useRunsView } from './runs/useRunsView.tsx';
import { useSearchView } from './search/useSearchView.tsx';
import type { Tab } from './tab.ts';

export const TABS: readonly [Tab, ...Tab[]] = [
  { name: 'search', title: 'A*', wantsModel: false, useView: useSearchView },
  { name: 'dropping', title: 'Dropping', wantsModel: false, useView: useDroppingView },
  { name: 'model', title: 'Model', wantsModel: true, useView: useModelView },
  { name: 'compare', title: 'Compare', wantsModel: true, useView: useCompareView },
  { name: 'runs', title: 'Runs', wantsModel: false, useView: useRunsView },
];
