import { readFileSync } from 'node:fs';
import path from 'node:path';
import { collectors } from '../../collectors/index.ts';
import type { Collector } from '../../lib/collector.ts';
import { wellKnown } from '../../lib/options/directory.ts';

const follows = (yes: boolean) => collectors.filter((one) => (one.follows === true) === yes);

/** The timers that are enabled at installation: each collector writes a small valid file where there is nothing to read. */
export const timers = follows(false).map(({ name }) => `textfile-collector-${name}.timer`);

/** The services that go on, which nothing enables but the administrator: they cost something all the time. */
export const services = follows(true).map(({ name }) => `textfile-collector-${name}.service`);

/** A script of a package: a file of this folder, with the suite's names in it. */
export function script(file: string): string {
  const words: Readonly<Record<string, string>> = {
    FUNCTIONS: file === 'functions.sh' ? '' : script('functions.sh'),
    NAMES: collectors.map(({ name }) => name).join(' '),
    TIMERS: timers.join(' '),
    SERVICES: services.join(' '),
    RUNNING_TIMERS: running('timer', follows(false)),
    UNITS: `${running('timer', follows(false))} ${running('service', collectors)}`,
    WELL_KNOWN: wellKnown.join(' '),
  };
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  return text.replaceAll(/@([A-Z_]+)@/g, (mark, word: string) => words[word] ?? mark);
}

/** Patterns of the units of one kind, and of their instances. */
function running(kind: 'timer' | 'service', of: readonly Collector[]): string {
  return of
    .flatMap(({ name, perNetns }) => [
      `textfile-collector-${name}.${kind}`,
      ...(perNetns === true ? [`'textfile-collector-${name}@*.${kind}'`] : []),
    ])
    .join(' ');
}
