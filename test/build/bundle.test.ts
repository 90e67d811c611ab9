import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { allowed } from '../../build/packages.ts';
import { runtimePath, runtimes } from '../../build/runtimes.ts';
import { collectors } from '../../collectors/index.ts';
import { version } from '../../lib/run/version.ts';
import { readFixture, replayOptions } from '../replay.ts';
import { alone, quiet, run, supported } from './machine.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe.each(collectors)('the bundle of $name', ({ name }) => {
  describe.each(supported)('on Node.js %s', (release, runtime) => {
    test('--version, --help and --metrics print text and nothing else', async () => {
      const bundle = await alone(name);
      const [about, help, metrics] = await Promise.all(
        ['--version', '--help', '--metrics'].map(async (option) => run(runtime, bundle, [option])),
      );
      expect(about).toEqual(quiet(`textfile-collectors ${version} ${name}, Node.js ${release}\n`));
      expect(help).toEqual(quiet(expect.stringContaining(`${name}.js [options]`)));
      expect(metrics).toEqual(
        quiet(expect.stringMatching(/^(\w+(\{\w+(,\w+)*\})? +(gauge|counter|histogram) +\S.*\n)+$/)),
      );
    });

    test('--stdout of the recorded healthy machine is the golden text, byte for byte', async () => {
      const options = ['--stdout', ...replayOptions(name, 'healthy')];
      const { stdout, stderr, exitCode } = await run(runtime, await alone(name), options);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      expect(stdout).toContain(`,version="${version}",node_version="${release}"} 1\n`);
      const text = stdout.replace(/,version="[^"]*",node_version="[^"]*"/, ',version="test",node_version="test"');
      expect(text).toEqual(readFixture(name, 'healthy', 'expected.prom'));
    });
  });

  test('says the same on every Node.js', async () => {
    const texts = await Promise.all(
      supported.map(async ([release, runtime]) => {
        const bundle = await alone(name);
        const runs = await Promise.all(['--help', '--metrics'].map(async (option) => run(runtime, bundle, [option])));
        return runs.map(({ stdout }) => stdout.replaceAll(release, '')).join('');
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });

  test(`on Node.js v${runtimes.tooOld} says in one line what it needs`, async () => {
    const bundle = await alone(name);
    expect(await run(runtimePath(runtimes.tooOld), bundle, ['--stdout'])).toEqual({
      stdout: '',
      stderr: `${bundle}: needs Node.js 18.19 or newer, this is v${runtimes.tooOld}\n`,
      exitCode: 1,
    });
  });

  test('starts by itself', async () => {
    const bundle = await alone(name);
    const { stdout } = await execa(bundle, ['--version'], { env: { PATH: path.dirname(process.execPath) } });
    expect(stdout).toBe(`textfile-collectors ${version} ${name}, Node.js ${process.version}`);
  });

  test('is a program that can be read', async () => {
    const { mode } = await stat(path.join(root, 'dist', `${name}.js`));
    expect(mode & 0o777).toBe(0o755);
    const { code } = contentOf(name);
    expect(code).toMatch(/^#!\/usr\/bin\/(env )?node\n/);
    const lines = code.split('\n');
    expect(lines.length).toBeGreaterThan(10_000);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(2500);
    expect(code).not.toMatch(/require\(.(node:)?vm.\)|\beval\(|\bnew Function\(/);
  });

  test('tells nothing of the machine that built it', () => {
    const { text } = contentOf(name);
    expect(text).not.toContain(root);
    expect(text.split('\n').filter((line) => /(^|[^\w.:/])\/(work|root|home)\b/.test(line))).toEqual([]);
  });

  test('contains only packages that were looked at, each with its licence', () => {
    const { packages, notices } = contentOf(name);
    expect(packages.filter((one) => !(one in allowed))).toEqual([]);
    expect(notices.map(([title]) => title.replace(/ \S+$/, ''))).toEqual(packages);
    for (const [title, licence] of notices) {
      expect(`${title}: ${licence}`).toMatch(
        /Permission is hereby granted|Permission to use, copy, modify|Redistribution and use|Apache License/,
      );
    }
  });
});

test('no package is on the list that is in no bundle', () => {
  const names = [...collectors.map((one) => one.name), 'units', 'stack'];
  const bundled = new Set(names.flatMap((name) => contentOf(name).packages));
  expect(Object.keys(allowed).filter((one) => !bundled.has(one))).toEqual([]);
});

/** A bundle's code, the packages that esbuild names in it, and the licences at its end as [title, text]. */
function contentOf(name: string) {
  const text = readFileSync(path.join(root, 'dist', `${name}.js`), 'utf8');
  const end = text.indexOf('\nThis program contains the packages below.\n');
  const code = text.slice(0, end);
  const named = code.matchAll(/^\s*\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm);
  const notices = text.slice(end).split(/^--- (.+) ---\n/m);
  return {
    text,
    code,
    packages: [...new Set([...named].map(([, one = '']) => one))].sort(),
    notices: notices.flatMap((title, index) => (index % 2 === 1 ? [[title, notices[index + 1] ?? ''] as const] : [])),
  };
}
