/** The whole look of the page: system fonts, light and dark, and a print form without colour. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --card: #ffffff; --ink: #1d2126; --quiet: #5d6670; --line: #e1e4e6; --band: #f4f5f3;
  --good: #14693c; --good-ground: #e9f4ed; --bad: #a3241b; --bad-ground: #fbecea; --open: #3d5a80; --open-ground: #ebf0f6;
  --bar: #6d8fb3; --ribbon: #6d8fb3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --card: #1c2024; --ink: #e6e8ea; --quiet: #9aa4ad; --line: #30363b; --band: #22272b;
    --good: #7fd0a0; --good-ground: #17291f; --bad: #f0968d; --bad-ground: #331c1a; --open: #9dbbe0; --open-ground: #1b2632;
    --bar: #6d8fb3; --ribbon: #6d8fb3;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
header p { margin: 0; color: var(--quiet); }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .35rem; }
h2 + p { margin-top: 0; }
p { max-width: 46rem; margin: .5rem 0; }
.quiet { color: var(--quiet); }
.small { font-size: .87rem; }
.headline { border-radius: 12px; padding: 1.4rem 1.6rem; margin: 1.25rem 0; border: 1px solid; }
.headline p { margin: 0; font-size: 1.05rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
.headline.good { background: var(--good-ground); border-color: var(--good); }
.headline.bad { background: var(--bad-ground); border-color: var(--bad); }
.headline.open { background: var(--open-ground); border-color: var(--open); }
.headline p { color: var(--ink); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .75rem; margin: 1rem 0 0; padding: 0; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.fact dt { color: var(--quiet); font-size: .84rem; }
.fact dd { margin: .1rem 0 0; font-size: 1.25rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; line-height: 1.25; }
.fact dd + dd { font-size: .84rem; color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; border-spacing: 0; font-size: .92rem; }
th, td { padding: .42rem .8rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--quiet); font-weight: 500; font-size: .84rem; vertical-align: bottom; border-top: 0; overflow-wrap: normal; }
thead tr + tr th { padding-top: 0; }
tbody tr:nth-child(even) td, tbody tr:nth-child(even) th { background: var(--band); }
tbody th { font-weight: 400; }
tfoot td, tfoot th { font-weight: 600; border-top: 2px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.amounts { min-width: 46rem; } .amounts th, .amounts td { padding-inline: .55rem; } .amounts th[scope=row] { white-space: nowrap; }
th.group { text-align: center; border-left: 1px solid var(--line); }
.together { white-space: nowrap; }
.first { border-left: 1px solid var(--line); }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em; }
figure { margin: .75rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; }
figure svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
svg .heading { fill: var(--quiet); font-size: 12px; }
svg .count { fill: var(--quiet); }
svg .node { fill: var(--bar); }
svg .ribbon { fill: var(--ribbon); fill-opacity: .22; stroke: var(--ribbon); stroke-opacity: .35; stroke-width: .5; }
.bar { display: block; height: .6rem; margin-top: .42rem; border-radius: 3px; background: var(--bar); min-width: 2px; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--quiet); }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .87rem; }
@media print {
  :root { --ground: #fff; --card: #fff; --band: #fff; --ink: #000; --quiet: #444; --line: #bbb;
    --good: #000; --bad: #000; --open: #000; --good-ground: #fff; --bad-ground: #fff; --open-ground: #fff; --bar: #777; --ribbon: #999; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } tr, figure, .headline, .fact { break-inside: avoid; } thead { display: table-header-group; }
  .bar { print-color-adjust: exact; }
}
`
