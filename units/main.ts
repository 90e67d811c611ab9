import { collectors, slices } from '../collectors/index.ts';
import { messageOf } from '../lib/errors.ts';
import { deliver } from '../lib/machine/deliver.ts';
import { print } from '../lib/machine/print.ts';
import { helpOf } from '../lib/options/cli.ts';
import { fromArgv } from '../lib/options/config.ts';
import { UsageError } from '../lib/options/options.ts';
import { version } from '../lib/run/version.ts';
import type { CollectorSlice } from '../lib/slice.ts';
import { netnsFiles, unitFiles } from './files.ts';
import { type UnitsRequest, unitsHelp, unitsOptions } from './options.ts';

/** Exit status 0: done, 1: a file was not written, 2: bad option. */
async function main(argv: readonly string[]): Promise<void> {
  try {
    const request = await readRequest(argv);
    if (request.help) await print(`${await helpOf(unitsOptions, unitsHelp.usage, unitsHelp.epilogue)}\n`);
    else if (request.version) await print(`textfile-collectors ${version} units, Node.js ${process.version}\n`);
    else await writeUnits(request);
  } catch (error) {
    process.stderr.write(`units: ${messageOf(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function readRequest(argv: readonly string[]): Promise<UnitsRequest> {
  const given = await fromArgv(unitsOptions, argv);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key has passed its own schema
  return Object.fromEntries(
    unitsOptions.map(({ key, default: standard }) => [key, given[key] ?? standard]),
  ) as UnitsRequest;
}

async function writeUnits({ out, collector, netns, textfile_dir: textfileDir, ...more }: UnitsRequest): Promise<void> {
  const places = { ...more, textfileDir };
  const files = collector
    .map(sliceOf)
    .flatMap((slice) => (netns.length === 0 ? unitFiles(slice, places) : netnsFiles(slice, places, netns)));
  if (files.length === 0) {
    const able = collectors.filter((one) => one.perNetns === true).map(({ name }) => name);
    throw new UsageError(
      `Cannot make units of a network namespace: expected a collector of ${able.join(', ')}, got ${collector.join(', ')}`,
    );
  }
  if (out === undefined) await print(files.map(({ name, text }) => `# ${name}\n${text}`).join('\n'));
  else for (const { name, text } of files) deliver(out, name, text);
}

function sliceOf(name: string): CollectorSlice {
  const slice = slices.find((one) => one.collector.name === name);
  if (slice !== undefined) return slice;
  throw new UsageError(
    `Cannot read option --collector: expected one of ${collectors.map((one) => one.name).join(', ')}, got ${JSON.stringify(name)}`,
  );
}

void main(process.argv.slice(2));
