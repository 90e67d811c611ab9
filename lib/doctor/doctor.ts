import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Collector, Need } from '../collector.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { Host } from '../host.ts';
import { withoutKeys } from '../keys.ts';
import { placer } from '../machine/live-host.ts';
import { findTool } from '../machine/tools.ts';
import { textfileDirectory } from '../options/directory.ts';
import type { Request } from '../options/options.ts';
import type { Call } from '../run/call.ts';
import { gather } from '../run/gather.ts';
import { isForeign, otherTimerOf } from './conflicts.ts';
import { type Exporter, askExporter, findExporters, nameOfFolder } from './exporter.ts';

/** One thing looked at. `note` is neither good nor bad. */
interface Finding {
  readonly verdict: 'ok' | 'FAIL' | 'note';
  readonly what: string;
  readonly detail: string;
}

const ok = (what: string, detail: string): Finding => ({ verdict: 'ok', what, detail });
const fail = (what: string, detail: string): Finding => ({ verdict: 'FAIL', what, detail });
const note = (what: string, detail: string): Finding => ({ verdict: 'note', what, detail });

/**
 * Looks at what the collector needs here, makes a trial run, and follows its file to a running node_exporter. Prints a
 * line for each; 1 if one of them failed. Changes nothing but for a probe in the textfile directory, which it removes.
 */
export async function check(call: Call, host: Host): Promise<0 | 1> {
  const { collector, request } = call;
  const present = await collector.present(host);
  const findings = [
    ...(present
      ? collector.needs.map((need) => needed(need, request))
      : [note(collector.name, 'this machine has nothing to read; the file will say so')]),
    ...(await trialRun(call, host)),
    ...(await delivery(call)),
  ];
  for (const { verdict, what, detail } of findings) {
    process.stdout.write(`${verdict.padEnd(4)}  ${withoutKeys(`${what}: ${detail}`)}\n`);
  }
  return findings.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
}

function needed({ kind, name, why }: Need, { procfs, sysfs, state_dir: stateDir }: Request): Finding {
  if (kind === 'tool') {
    const file = findTool(name);
    return file === undefined ? fail(`tool ${name}`, `not on PATH; needed for ${why}`) : ok(`tool ${name}`, file);
  }
  const place = placer({ procfs, sysfs, stateDir })(name);
  try {
    accessSync(place, constants.R_OK);
    const found = statSync(place).isDirectory() ? 'folder' : 'file';
    return found === kind
      ? ok(`${kind} ${place}`, why)
      : fail(`${kind} ${place}`, `it is a ${found}; needed for ${why}`);
  } catch (error) {
    return fail(`${kind} ${place}`, `${codeOf(error)}; needed for ${why}`);
  }
}

async function trialRun(call: Call, host: Host): Promise<Finding[]> {
  const { sources, messages } = await gather(call, host);
  const read = sources.filter((source) => source.ok).length;
  const result = `${read} of ${sources.length} sources read`;
  return messages.length === 0
    ? [ok('trial run', result)]
    : [fail('trial run', result), ...messages.map((message) => fail('trial run', message))];
}

async function delivery({ collector, request, fileName }: Call): Promise<Finding[]> {
  let folder: string;
  try {
    folder = path.resolve(textfileDirectory(request.textfile_dir));
  } catch (error) {
    return [fail('textfile directory', messageOf(error))];
  }
  const file = path.join(folder, fileName);
  return [writable(folder), ...conflicts(collector, file), ...(await readers(request, folder, fileName))];
}

/** What else writes the same file, or did. */
function conflicts(collector: Collector, file: string): Finding[] {
  const other = otherTimerOf(collector.name);
  const advice = `systemctl disable --now ${other?.timer}`;
  return [
    ...(isForeign(file)
      ? [fail(file, 'another program has written it; a run replaces it, and that program replaces ours')]
      : []),
    ...(other === undefined
      ? []
      : [
          other.enabled
            ? fail(other.timer, `may write the same file: ${advice}`)
            : note(other.timer, 'may write the same file, but is not enabled'),
        ]),
  ];
}

/** Of several exporters one that reads the folder is enough. */
async function readers({ procfs }: Request, folder: string, fileName: string): Promise<Finding[]> {
  const exporters = findExporters(procfs).map((one) => ({ ...one, name: nameOfFolder(one, folder, procfs) }));
  if (exporters.length === 0) return [fail('node_exporter', `none runs here, so that nothing reads ${folder}`)];
  const verdict = exporters.every(({ name }) => name === undefined) ? fail : note;
  const written = existsSync(path.join(folder, fileName));
  const others = exporters
    .filter(({ name }) => name === undefined)
    .map(({ pid, directories }) => verdict(nameOf(pid), `reads ${directories.join(', ')} and not ${folder}`));
  const ours = exporters.flatMap(({ name, ...one }) =>
    name === undefined ? [] : [serves(one, path.join(name, fileName), written)],
  );
  return [...others, ...(await Promise.all(ours)).flat()];
}

const nameOf = (pid: number): string => `node_exporter (pid ${pid})`;

/** root may be told that it can write where a read-only mount or a missing capability says no: so it is tried. */
function writable(folder: string): Finding {
  try {
    rmdirSync(mkdtempSync(path.join(folder, '.textfile-collectors-check.')));
    return ok('textfile directory', `${folder} can be written`);
  } catch (error) {
    return fail('textfile directory', `${folder} cannot be written: ${codeOf(error)}`);
  }
}

/** `file` is what the exporter calls it. */
async function serves(exporter: Exporter, file: string, written: boolean): Promise<Finding[]> {
  const what = nameOf(exporter.pid);
  try {
    const { mtime, scrapeError } = await askExporter(exporter, file);
    if (scrapeError === undefined) return [fail(what, 'its textfile collector is off')];
    const error = scrapeError
      ? [fail(what, 'node_textfile_scrape_error is 1: it could not read some file in its directory; see its log')]
      : [];
    return [served(what, mtime, file, written), ...error];
  } catch (error) {
    return [
      note(
        what,
        `${exporter.url} does not answer: ${messageOf(error instanceof Error ? (error.cause ?? error) : error)}`,
      ),
    ];
  }
}

function served(what: string, mtime: number | undefined, file: string, written: boolean): Finding {
  if (mtime !== undefined) return ok(what, `serves ${file} of ${new Date(mtime * 1000).toISOString()}`);
  return written
    ? fail(what, `does not serve ${file}: it reads another directory, or refuses the file; see its log`)
    : note(what, `cannot tell yet whether it reads ${file}: no run has written it`);
}
