import type { RuleFile } from '../../lib/monitoring/rules.ts';
import type { StackFile } from './files.ts';

const style =
  'body{max-width:62em;margin:2em auto;padding:0 1em;font:16px/1.5 sans-serif}pre{white-space:pre-wrap;font:inherit}:target{background:#ffc}';

/**
 * The runbooks as a page that Prometheus itself serves, below `--web.console.templates`: whoever is called can open it, and
 * nothing else has to run. A heading's id is what `runbook_url` ends in.
 */
export function consolePage({ name, readme }: RuleFile, text: string): StackFile {
  const [, runbooks = ''] = /^## Runbooks\n(.*?)(?=^## |(?![\s\S]))/ms.exec(text) ?? [];
  const body = escaped(runbooks.trim())
    .replaceAll(/^### (.*)$/gm, (_, alert: string) => `</pre><h2 id="${alert.toLowerCase()}">${alert}</h2><pre>`)
    .replaceAll(/\[(\w+)\]\((#\w+)\)/g, '<a href="$2">$1</a>');
  const page = `<!doctype html><meta charset="utf-8"><title>Runbooks: ${name}</title><style>${style}</style>\n<h1>${name}</h1>\n<pre>${body}</pre>\n<p>From ${readme}.</p>\n`;
  return { name: `consoles/${name}`, text: page };
}

/** For HTML, and for the template that Prometheus takes the page for. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('{{', '{{"{{"}}');
}
