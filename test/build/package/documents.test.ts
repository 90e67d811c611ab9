import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { installedDocuments } from '../../../build/package/documents.ts';
import { manifest } from '../../../build/package/manifest.ts';

const root = path.join(import.meta.dirname, '../../..');
const folder = '/usr/share/doc/textfile-collectors';

/** What a text links to without a scheme: a file, empty for this one, and a heading. */
function linksOf(text: string): [string, string][] {
  const withoutCode = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)].map(([, file = '', heading = '']) => [
    file,
    heading,
  ]);
}

/** The headings of a text, as links name them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('what is installed of documents', () => {
  const files = new Map(manifest().map((item) => [item.path, String(item.content)]));

  test.each([...installedDocuments()])('%s is, and links to what is installed, too', (name, text) => {
    expect(files.get(path.join(folder, name))).toBe(text);
    for (const [file, heading] of linksOf(text)) {
      const target = files.get(path.join(folder, file === '' ? name : file));
      expect(target, `${file} of ${name}`).toBeDefined();
      expect(['', ...headingsOf(target ?? '')], `${file}#${heading} of ${name}`).toContain(heading);
    }
  });

  test('shows no picture, as none is installed', () => {
    for (const text of installedDocuments().values()) expect(text).not.toMatch(/!\[|\]\([^)]*\.(?:png|svg)\)/);
  });

  test('the pages of the runbooks link to headings of theirs', () => {
    const pages = [...files].filter(([name]) => name.includes('/consoles/'));
    expect(pages.length).toBeGreaterThan(4);
    for (const [name, page] of pages)
      for (const [, id = ''] of page.matchAll(/href="#([^"]*)"/g)) expect(page, name).toContain(`id="${id}"`);
  });
});

test('no document of the source links to what is not there', () => {
  const names = readdirSync(root).flatMap((name) => {
    if (name.endsWith('.md')) return [name];
    if (!['build', 'collectors', 'lib'].includes(name)) return [];
    return readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' }).map((one) => path.join(name, one));
  });
  const documents = names.filter((name) => name.endsWith('.md'));
  expect(documents.length).toBeGreaterThan(10);
  const dead = documents.flatMap((name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    return linksOf(text).flatMap(([file, heading]) => {
      const target = path.join(root, path.dirname(name), file === '' ? path.basename(name) : file);
      const isThere =
        existsSync(target) && (heading === '' || headingsOf(readFileSync(target, 'utf8')).includes(heading));
      return isThere ? [] : [`${name}: ${file}#${heading}`];
    });
  });
  expect(dead).toEqual([]);
});

test('the table of what is asked for names files that there are', () => {
  const text = readFileSync(path.join(root, 'lib/monitoring/README.md'), 'utf8');
  const [, table = ''] = /^## Where each part stands\n(.*?)^## /ms.exec(text) ?? [];
  const named = [...table.matchAll(/`([\w-]+\/[\w./-]+)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
});
