import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { messageOf } from '../../lib/errors.ts';
import { version } from '../../lib/run/version.ts';
import { withParts } from '../docs.ts';
import { runtimePath, runtimes } from '../runtimes.ts';
import { type Case, growingCases, quietCases } from './cases.ts';
import { compile } from './machine.ts';
import type { Limits } from './measure.ts';
import { plot } from './plot.ts';
import type { Bench, Result } from './result.ts';
import { type Tools, runCase } from './run-case.ts';
import { tables } from './tables.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

async function bench(quick: boolean): Promise<Bench> {
  const tools = await findTools();
  const quietLimits = quick ? { rounds: 5, seconds: 10 } : { rounds: 21, seconds: 60 };
  const growingLimits = quick ? { rounds: 3, seconds: 10 } : { rounds: 7, seconds: 30 };
  return {
    version,
    date: new Date().toISOString(),
    machine: await describeMachine(tools),
    quiet: await runAll(quietCases(), tools, quietLimits),
    growing: await runAll(growingCases(quick), { ...tools, runtimes: tools.runtimes.slice(0, 1) }, growingLimits),
  };
}

async function findTools(): Promise<Tools> {
  const folder = path.join(dist, 'bench');
  return {
    ...(await compile(folder)),
    folder,
    python: await findPython(),
    runtimes: [
      { version: process.versions.node, file: process.execPath },
      { version: runtimes.newest, file: runtimePath(runtimes.newest) },
    ],
  };
}

/** The distribution's, as a unit would have it; else what PATH finds, past any wrapper that looks for it. */
async function findPython(): Promise<string> {
  const inUsr = '/usr/bin/python3';
  return existsSync(inUsr) ? inUsr : (await execa('python3', ['-c', 'import sys; print(sys.executable)'])).stdout;
}

async function describeMachine({ python, runtimes: releases }: Tools): Promise<[string, string][]> {
  return [
    ['processor', `${os.cpus()[0]?.model ?? 'unknown'}, ${os.availableParallelism()} cores`],
    ['kernel', `${os.type()} ${os.release()}`],
    ['load at the start', (os.loadavg()[0] ?? NaN).toFixed(1)],
    ['textfile-collectors', version],
    ['Node.js', releases.map((one) => one.version).join(', ')],
    ['Python', (await execa(python, ['--version'])).stdout.replace('Python ', '')],
    ['sh', realpathSync('/bin/sh')],
  ];
}

async function runAll(cases: readonly Case[], tools: Tools, limits: Limits): Promise<Result[]> {
  const results: Result[] = [];
  for (const one of cases) {
    const { collector, grows, sizes } = one;
    process.stderr.write(`${collector}, ${grows === undefined ? 'quiet' : `${sizes[grows]} ${grows}`}\n`);
    results.push(await runCase(one, tools, limits));
  }
  return results;
}

/** Puts what was found into the page beside this file. */
function writeDocs(found: Bench): void {
  const page = path.join(import.meta.dirname, 'README.md');
  writeFileSync(page, withParts(readFileSync(page, 'utf8'), new Map([['figures', tables(found)]])));
  writeFileSync(path.join(import.meta.dirname, 'growing.svg'), plot(found.growing));
}

try {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, docs: { type: 'boolean', default: false } },
  });
  const found = await bench(values.quick);
  writeFileSync(path.join(dist, 'bench.json'), `${JSON.stringify(found, undefined, 1)}\n`);
  writeFileSync(path.join(dist, 'bench.svg'), plot(found.growing));
  if (values.docs) writeDocs(found);
  process.stdout.write(tables(found));
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
