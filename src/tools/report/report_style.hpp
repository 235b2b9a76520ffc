#pragma once

#include <string_view>

namespace gim::report {

// The look of the HTML report. Text has a contrast of at least 4.5 to 1 in both schemes.
inline constexpr std::string_view report_style = R"css(
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1b1e22; --soft: #5b626a; --rule: #dedad2; --panel: #f2efe9;
  --main: #0b6b74; --wash: #0b6b7424; --wash2: #0b6b7466; --worst: #ad3d12; --good: #1f6b38; --bad: #b3131f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e9e6e0; --soft: #a3aab1; --rule: #30363c; --panel: #1d2125;
    --main: #55c5cc; --wash: #55c5cc26; --wash2: #55c5cc70; --worst: #ff9a68; --good: #72d191; --bad: #ff8080;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 58rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
section > p { max-width: 44rem; }
.kicker { margin: 0; color: var(--main); font-weight: 600; }
h1 { margin: .2rem 0 .6rem; font-size: clamp(1.5rem, 4.2vw, 2.2rem); line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 3.2rem 0 .4rem; font-size: 1.25rem; letter-spacing: -.005em; }
.lede { margin: 0; font-size: 1.1rem; }
.soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0 2rem; margin: 2rem 0 0; padding: 0; list-style: none; }
.tiles li { border-top: 3px solid var(--main); padding: .8rem 0 0; }
.tiles .good { border-color: var(--good); }
.tiles .bad { border-color: var(--bad); }
.tiles .good .sign { color: var(--good); }
.tiles .bad strong, .tiles .bad .sign { color: var(--bad); }
.tiles span { display: block; }
.tiles .sign { display: inline; }
.tiles .label { font-weight: 600; }
.tiles strong { display: block; font-size: clamp(2.1rem, 5.6vw, 3.3rem); line-height: 1.15; font-weight: 650; letter-spacing: -.03em; white-space: nowrap; }
.tiles small { font-size: .42em; font-weight: 500; letter-spacing: 0; }
.tiles .remark { color: var(--soft); font-size: .9rem; line-height: 1.4; }
.notes { margin: 2rem 0 0; padding: .8rem 1.2rem .8rem 2.2rem; background: var(--panel); border-radius: 4px; }
figure { margin: 1.6rem 0 0; }
figcaption { font-size: .9rem; }
.key { margin-left: .9rem; color: var(--soft); white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 1.4em; margin-right: .4em; vertical-align: .22em; border-top: 2.5px solid var(--main); }
.key.p50::before { border-top: 2px dashed var(--soft); }
.key.user::before { height: .8em; vertical-align: -.08em; background: var(--wash); }
.key.system::before { height: .8em; vertical-align: -.08em; border: 0; background: var(--wash2); }
.plot { padding: 2rem .8rem 2.2rem 4.6rem; }
.plot > svg { display: block; overflow: visible; }
.plot svg { font-size: 12.5px; }
.plot text { fill: var(--soft); }
.tick line { stroke: var(--rule); }
.line { fill: none; stroke: var(--main); stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.line.latency { stroke-width: 2.5; }
.line.p50 { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 3; }
.line.user { stroke-width: 1.5; }
.area { fill: var(--wash); stroke: none; }
.area.system { fill: var(--wash2); }
.mark circle { fill: var(--main); stroke: var(--paper); stroke-width: 2; }
.mark text { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.mark.worst circle { fill: var(--worst); }
.hover rect { fill: transparent; }
.hover line { stroke: var(--soft); }
.hover circle { fill: var(--ink); }
.hover text { fill: var(--ink); font-weight: 600; }
.hover line, .hover circle, .hover text { opacity: 0; pointer-events: none; }
.hover:hover line, .hover:hover circle, .hover:hover text { opacity: 1; }
table { width: 100%; max-width: 44rem; border-collapse: collapse; margin-top: 1rem; font-size: .95rem; }
th { text-align: left; font-weight: 400; }
th[scope="rowgroup"] { padding: 1.4rem 0 .3rem; font-weight: 650; }
tbody:first-child th[scope="rowgroup"] { padding-top: 0; }
td, th[scope="row"] { padding: .28rem 1rem .28rem 0; border-top: 1px solid var(--rule); vertical-align: baseline; }
th[scope="row"] { width: 34%; color: var(--soft); }
td { text-align: right; width: 30%; overflow-wrap: anywhere; }
td:last-child { text-align: left; width: 36%; padding: .28rem 0; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.6rem; align-items: baseline; margin: 1rem 0 0; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
pre { margin: 0; padding: .7rem .9rem; background: var(--panel); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; font: .88rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
@media (max-width: 40rem) {
  main { padding: 1.6rem 1rem 3rem; }
  .tiles { grid-template-columns: 1fr; gap: 1.3rem; }
  .tiles li { display: grid; grid-template-columns: 1fr auto; align-items: baseline; padding-top: .5rem; }
  .tiles .remark { grid-column: 1 / -1; }
  .plot { padding-left: 3.9rem; padding-right: .4rem; }
  .plot svg { font-size: 11.5px; }
  .wide { display: none; }
  td, th[scope="row"] { padding-right: .6rem; }
  dl { grid-template-columns: 1fr; gap: .2rem; }
  dt { margin-top: .7rem; }
}
@media print { .plot, table, pre { break-inside: avoid; } }
)css";

}  // namespace gim::report
