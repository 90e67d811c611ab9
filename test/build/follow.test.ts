import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { type Machine, alone, envOf, newMachine, run, supported, tool } from './machine.ts';

const success = (source: string): string =>
  `textfile_collector_source_success{collector="ebpf",source="${source}",target=""}`;

/** What the program prints: `count` threads that waited less than 1 µs. */
const frame = (count: number): string =>
  [
    `echo '{"type": "hist", "data": {"@run_queue": [{"min": 0, "max": 0, "count": ${count}}]}}'`,
    String.raw`printf '%s\n' '{"type": "printf", "data": "frame 1796011270\n"}'`,
  ].join('\n');

const events = (number: number): string => `echo '{"type": "map", "data": {"@events": ${number}}}'`;

/** A machine whose bpftrace notes each start of it and its process number, and does what `script` says. */
async function tracing(script: string): Promise<Machine> {
  const machine = await newMachine();
  await tool(machine, 'bpftrace', `echo $$ >> '${machine.folder}/pids'\n${script}`);
  await writeFile(path.join(machine.folder, 'proc/partitions'), '');
  return machine;
}

function optionsOf({ folder }: Machine): string[] {
  const places = { procfs: 'proc', sysfs: 'sys', 'textfile-dir': 'out', 'state-dir': 'state' };
  return Object.entries(places).flatMap(([option, name]) => [`--${option}`, path.join(folder, name)]);
}

/** Starts the bundle beside the machine, which `use` looks at; stops it then. What it had to say, and how it ended. */
async function follow(runtime: string, machine: Machine, use: () => Promise<void>, ...more: string[]) {
  const words = [await alone('ebpf'), ...optionsOf(machine), '--follow', '--interval', '1', ...more];
  const child = execa(runtime, words, { ...envOf(machine), reject: false });
  try {
    await use();
  } finally {
    child.kill('SIGTERM');
  }
  const { stderr, signal } = await child;
  return { stderr, signal };
}

const fileOf = ({ folder }: Machine): string => {
  const file = path.join(folder, 'out/ebpf.prom');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const pidsOf = ({ folder }: Machine): string[] => readFileSync(path.join(folder, 'pids'), 'utf8').trim().split('\n');
const seen = async (machine: Machine, line: string): Promise<void> =>
  vi.waitFor(() => expect(fileOf(machine)).toContain(`${line}\n`), { timeout: 20_000, interval: 50 });
const count = (value: number): string => `ebpf_run_queue_latency_seconds_count ${value}`;

describe.each(supported.slice(0, 2))('--follow on Node.js %s', (_release, runtime) => {
  test('replaces the file with each whole frame of one command, and ends it when it is stopped', async () => {
    const machine = await tracing(`${frame(1)}\nsleep 1\n${frame(2)}\nsleep 1\necho '{"type": "hi'; exec sleep 100`);
    const end = await follow(runtime, machine, async () => {
      await seen(machine, count(1));
      await seen(machine, count(2));
      expect(fileOf(machine)).toContain('textfile_collector_interval_seconds{collector="ebpf"} 1\n');
    });
    expect(end).toEqual({ stderr: '', signal: 'SIGTERM' });
    expect(pidsOf(machine).map((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([false]);
    expect(readdirSync(path.join(machine.folder, 'out'))).toEqual(['ebpf.prom']);
  });

  test('tells of a command that ends, and starts it anew', async () => {
    const machine = await tracing(`${frame(1)}\nsleep 1; echo 'ERROR: out of luck' >&2; exit 7`);
    for (const one of ['tracing/events', 'btf/vmlinux'])
      await mkdir(path.join(machine.folder, 'sys/kernel', one), { recursive: true });
    const { stderr } = await follow(runtime, machine, async () => {
      await seen(machine, `${success('bpftrace')} 0`);
      expect(fileOf(machine)).not.toContain('ebpf_');
      await seen(machine, count(1));
    });
    expect(stderr).toMatch(/^ebpf: bpftrace: exit status 7: out of luck$/m);
    expect(pidsOf(machine).length).toBeGreaterThan(1);
  });

  test('ends well where what it needs is missing, and the file says so', async () => {
    const machine = await tracing("echo 'ERROR: no such tracepoint' >&2; exit 1");
    const words = [...optionsOf(machine), '--follow'];
    expect(await run(runtime, await alone('ebpf'), words, envOf(machine).env.PATH)).toEqual({
      stdout: '',
      stderr: 'ebpf: Cannot trace: expected tracefs at /sys/kernel/tracing, got none\n',
      exitCode: 0,
    });
    expect(fileOf(machine)).toContain(`${success('bpftrace')} 0\n`);
  });

  test('stops where too much is to be counted, and the file says so', async () => {
    const machine = await tracing(`${frame(1)}\nsleep 1\n${events(101)}\n${frame(2)}\nexec sleep 100`);
    const words = [...optionsOf(machine), '--follow', '--interval', '1', '--event-limit', '100'];
    expect(await run(runtime, await alone('ebpf'), words, envOf(machine).env.PATH)).toEqual({
      stdout: '',
      stderr: 'ebpf: Cannot go on counting: expected at most 100 events in a second, got 101; stopped\n',
      exitCode: 0,
    });
    expect(fileOf(machine)).toContain(`${success('bpftrace')} 0\n`);
    expect(pidsOf(machine).map((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([false]);
  });

  // Constructed: as bpftrace under SIGSTOP, which reads and clears a map when it prints it.
  test('does not stop for what has come together while the command was held up', async () => {
    const machine = await tracing(
      [events(90), frame(1), 'sleep 3', events(201), frame(2), events(0), frame(3), 'exec sleep 100'].join('\n'),
    );
    const use = async () => seen(machine, count(3));
    expect(await follow(runtime, machine, use, '--event-limit', '100')).toEqual({ stderr: '', signal: 'SIGTERM' });
  });
});

test.each(['--stdout', '--record=x', '--replay=x'])('--follow does not go with %s', async (option) => {
  const { exitCode, stderr } = await run(process.execPath, await alone('ebpf'), ['--follow', option]);
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(/^ebpf: Cannot read the options: expected one of --follow and --\w+, got both\n$/),
  ]);
});

test('a collector that does not follow knows no --follow', async () => {
  const { exitCode, stderr } = await run(process.execPath, await alone('tcp'), ['--follow']);
  expect([exitCode, stderr]).toEqual([
    2,
    'tcp: Cannot read the options: expected those that --help shows, got follow\n',
  ]);
});
