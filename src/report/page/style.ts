/** How a page looks: on paper, on a phone, by day and by night. */

export const STYLE = `:root {
  color-scheme: light dark;
  --ink: #24292f; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --shade: #f6f8fa;
  --link: #0b5cad; --good: #1a7f37; --bad: #b3261e; --open: #6e5a00;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --paper: #0d1117; --shade: #161b22;
    --link: #6cb0ff; --good: #4ac26b; --bad: #ff8a80; --open: #e3c35a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main, nav { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
main { padding-bottom: 4rem; }
nav {
  display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding-top: 1rem; font-size: .875rem;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
p, ul, pre { max-width: 46rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
.lead { font-size: 1.2rem; color: var(--soft); }
.notice { padding: .6rem .9rem; background: var(--shade); border-left: 4px solid var(--open); }
ul { padding-left: 1.25rem; }
li { margin: .4rem 0; }
code, pre { font: .875em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--shade); padding: .1em .3em; border-radius: 4px; }
pre { background: var(--shade); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; max-width: 100%; }
pre code { background: none; padding: 0; font-size: 1em; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
th, td { padding: .3rem .55rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td, th { white-space: nowrap; }
th { font-weight: 600; color: var(--soft); vertical-align: bottom; line-height: 1.25; }
tbody tr:hover { background: var(--shade); }
.number { text-align: right; }
figure { margin: 1.25rem 0; max-width: 46rem; }
figure svg { display: block; width: 100%; min-width: 34rem; height: auto; }
figcaption { color: var(--soft); font-size: .875rem; margin-top: .4rem; }
strong { white-space: nowrap; }
.verdict::before { content: ""; display: inline-block; width: .65em; height: .65em; margin-right: .4em; border-radius: 50%; background: currentColor; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.bad::before { border-radius: 0; }
.open { color: var(--open); }
.open::before { background: none; border: 2px solid currentColor; }
@media print {
  nav { display: none; }
  body { font-size: 10pt; }
  main { max-width: none; }
  figure, tr, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  td, th { white-space: normal; padding: .2rem .4rem; }
  figure svg { min-width: 0; }
}
`;
