/** How the page looks: quiet, wide margins, one accent, by day and by night. */
export const style = `
:root { color-scheme: light dark;
  --paper: #fdfcfa; --ink: #23211e; --soft: #6b665e; --line: #e7e3dc; --wash: #f5f2ec; --accent: #8a3b12;
  --get: #2c6e49; --post: #1f5f8b; --patch: #84610a; --delete: #a12d2d; --sample: #23211e; --sample-ink: #ece7de }
@media (prefers-color-scheme: dark) { :root {
  --paper: #171614; --ink: #e6e2da; --soft: #a49d92; --line: #2f2c28; --wash: #1f1d1a; --accent: #e59a6b;
  --get: #7cc49a; --post: #84bce6; --patch: #d9b45c; --delete: #ec8f8f; --sample: #100f0e; --sample-ink: #ddd7cc } }
* { box-sizing: border-box }
html { scroll-padding-top: 1.5rem }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 ui-sans-serif, system-ui, sans-serif;
  text-rendering: optimizeLegibility; overflow-wrap: break-word }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .86em }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .2em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px }
.skip { position: absolute; left: -100vw } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem }
.page { display: grid; grid-template-columns: 16rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 2.5rem 1.5rem; font-size: .875rem;
  border-right: 1px solid var(--line) }
nav p { margin: 1.6rem 0 .3rem; color: var(--soft); font-size: .75rem; letter-spacing: .06em; text-transform: uppercase }
nav ul { list-style: none; margin: 0; padding: 0 } nav a { color: inherit; text-decoration: none; display: block; padding: .15rem 0 }
nav a:hover { color: var(--accent) } nav .brand { font: 600 1.15rem/1.4 ui-serif, Georgia, serif }
main { padding: 2.5rem clamp(1.25rem, 4vw, 4rem) 6rem }
h1, h2 { font-family: ui-serif, Georgia, serif; font-weight: 600; line-height: 1.2; text-wrap: balance }
h1 { font-size: 2.6rem; margin: 0 0 .4rem } h2 { font-size: 1.6rem; margin: 4rem 0 .8rem }
h3 { font-size: 1.15rem; line-height: 1.35; margin: 0 0 .4rem } h4 { font-size: .875rem; margin: 1.4rem 0 .4rem }
p, .intro ul { max-width: 66ch } .lead, .access, .type { color: var(--soft) } .lead { margin-top: 0 }
.intro > p:first-of-type { font-size: 1.2rem } .access, .type, .fields { font-size: .875rem }
.operation, .schema { border-top: 1px solid var(--line); padding: 2rem 0 } .route { margin: 0 0 1rem; font-size: .95rem }
.method { font-weight: 700; font-size: .8rem; letter-spacing: .04em }
.get { color: var(--get) } .post { color: var(--post) } .patch { color: var(--patch) } .delete { color: var(--delete) }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem 2.5rem }
.columns p:first-child { margin-top: 0 }
.fields { margin: .6rem 0 0 } .field { padding: .55rem 0; border-top: 1px solid var(--line) } .field:first-child { border-top: 0 }
dd { margin: 0 } .name { font-weight: 600; font-size: .875rem } .required { color: var(--accent); font-size: .75rem }
dd .fields { padding-left: 1rem; border-left: 2px solid var(--line) }
.plain { list-style: none; margin: 0; padding: 0; font-size: .875rem } .plain li { padding: .2rem 0 }
.status { font-variant-numeric: tabular-nums; font-weight: 600; margin-right: .4rem }
.success { color: var(--get) } .failures { display: flex; flex-wrap: wrap; gap: 0 1.2rem; color: var(--soft) }
.failures a { color: inherit; text-decoration: none } .failures a:hover { color: var(--accent) }
pre { background: var(--wash); padding: 1rem 1.2rem; border-radius: 8px; overflow-x: auto; line-height: 1.55; margin: 0 0 1rem }
.samples pre { background: var(--sample); color: var(--sample-ink) }
table { border-collapse: collapse; width: 100%; font-size: .875rem } th { text-align: left; color: var(--soft); font-weight: 500 }
th, td { padding: .5rem 1rem .5rem 0; border-top: 1px solid var(--line); vertical-align: top } tr:target { background: var(--wash) }
:target > h3, h2:target, h3:target { color: var(--accent) }
@media (min-width: 72rem) { .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 26rem) } }
@media (max-width: 52rem) { .page { display: block } nav { position: static; height: auto; border: 0; padding: 1.5rem 1.25rem 0 } }
@media print { nav, .samples { display: none } .page { display: block } }
`;
