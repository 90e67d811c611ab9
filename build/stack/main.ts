import { readFileSync } from 'node:fs';
import { codeOf, messageOf } from '../../lib/errors.ts';
import { deliver } from '../../lib/machine/deliver.ts';
import { print } from '../../lib/machine/print.ts';
import { unsetReceivers } from '../../lib/monitoring/alertmanager.ts';
import { targetsText } from '../../lib/monitoring/scrape.ts';
import { type Site, anySite, siteSettings } from '../../lib/monitoring/site.ts';
import { helpOf } from '../../lib/options/cli.ts';
import { configFile, fromArgv, fromToml } from '../../lib/options/config.ts';
import { UsageError, optionsFrom } from '../../lib/options/options.ts';
import { version } from '../../lib/run/version.ts';
import { checkSite } from './check.ts';
import { stackFiles } from './files.ts';
import { type StackRequest, stackHelp, stackOptions } from './options.ts';

/** Exit status 0: done, 1: a file was not written, 2: bad option or settings. */
async function main(argv: readonly string[]): Promise<void> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key has passed its own schema
    const request = (await fromArgv(stackOptions, argv)) as StackRequest;
    if (request.help) await print(`${await helpOf(stackOptions, stackHelp.usage, stackHelp.epilogue)}\n`);
    else if (request.version) await print(`textfile-collectors ${version} stack, Node.js ${process.version}\n`);
    else await writeStack(request);
  } catch (error) {
    process.stderr.write(`stack: ${messageOf(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function writeStack({ out, config, hosts }: StackRequest): Promise<void> {
  if (out === undefined) throw new UsageError('Cannot write: expected the option --out, got none');
  const site = await readSite(config);
  const targets =
    hosts === undefined ? [] : [{ name: 'targets/targets.json', text: targetsText(readList(hosts), site) }];
  for (const { name, text } of [...stackFiles(site), ...targets]) deliver(out, name, text);
  const unset = unsetReceivers(site);
  if (unset.length > 0) {
    const names = unset.map((name) => `[receivers.${name}]`).join(', ');
    process.stderr.write(`stack: notifications to ${unset.join(', ')} will fail until rules.toml has ${names}\n`);
  }
}

async function readSite(config: string | undefined): Promise<Site> {
  const file = config ?? configFile('rules');
  const given = await fromToml(file, config === undefined, optionsFrom(siteSettings, 'setting'));
  const site: Site = { ...anySite, ...given };
  checkSite(site, file);
  const { job } = site.scrape;
  // Rules look for jobs whose name begins with node, where nothing is said.
  return site.selector === undefined && !job.startsWith('node')
    ? { ...site, selector: `job=${JSON.stringify(job)}` }
    : site;
}

function readList(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read the hosts ${file}: expected a readable file, got ${codeOf(error)}`, {
      cause: error,
    });
  }
}

void main(process.argv.slice(2));
