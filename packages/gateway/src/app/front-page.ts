import type { Dialect } from '../ports/dialect.ts'

const style = `body{max-width:50rem;margin:3rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}
dt{font-family:ui-monospace,monospace}dd{margin:0 0 .5rem 1rem}pre{padding:1rem;background:#eee;color:#000;overflow:auto}`

/**
 * What a browser is shown at `/`. A page of our own rather than JSON: some browsers show JSON in a viewer of theirs, from
 * whose console no WebSocket may be opened.
 */
export function frontPage(doors: Dialect['doors']): string {
  const rows = doors.map(({ address, says }) => `<dt>${escaped(address)}</dt><dd>${escaped(says)}</dd>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Parlance</title><style>${style}</style></head>
<body><h1>Parlance</h1>
<p>The gateway runs. What can be connected where:</p>
<dl>${rows.join('\n')}</dl>
<p>To hear the channel <code>lobby</code>, open this page’s console and enter</p>
<pre>new WebSocket(location.origin.replace('http', 'ws') + '/lobby/listen').onmessage = ({ data }) => console.log(data)</pre>
<p>The REST API is described in <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</body></html>
`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!)
}
