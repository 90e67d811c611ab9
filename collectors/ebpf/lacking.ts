import { type Host, type Output, explain } from '../../lib/host.ts';

/** Why bpftrace printed no frame: what it lacks here, or else what it says. BTF only some releases need, so that it is tried first. */
export async function reasonOf(host: Host, output: Output): Promise<string> {
  const missing = output.ended === 'exit' ? await lacking(host, output.stderr) : undefined;
  return missing === undefined
    ? explain(['bpftrace'], { ...output, stderr: errorIn(output.stderr) })
    : `Cannot trace: expected ${missing}`;
}

/** After warnings it goes on, and without room to lock memory, which no limit counts since Linux 5.11. */
function errorIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/WARNING: |RLIMIT_MEMLOCK/.test(line));
  return (lines.find((line) => line.includes('ERROR: ')) ?? lines[0] ?? '').replace(/.*ERROR: /, '');
}

/** Kernels of Debian and Ubuntu have 3 and 4 here: CAP_PERFMON is not enough then. */
const paranoidFile = '/proc/sys/kernel/perf_event_paranoid';

async function lacking(host: Host, stderr: string): Promise<string | undefined> {
  // Where it may not look, as for anybody but root, it does not know, and bpftrace says why.
  const has = async (folder: string, name: string): Promise<boolean> => {
    const entries = await host.list(folder).catch(() => [{ name }]);
    return entries?.some((entry) => entry.name === name) === true;
  };
  if (!(await has('/sys/kernel/tracing', 'events'))) return 'tracefs at /sys/kernel/tracing, got none';
  const lockdown = await host.readText('/sys/kernel/security/lockdown').catch(() => undefined);
  if (lockdown?.includes('[confidentiality]') === true) return 'no lockdown of the kernel, got confidentiality';
  if (/perf_event_open.*: Permission denied/.test(stderr)) {
    const paranoid = await host.readText(paranoidFile).catch(() => undefined);
    if (Number(paranoid) > 2) return `CAP_SYS_ADMIN, or at most 2 in ${paranoidFile}, got ${paranoid?.trim()}`;
  }
  if (!(await has('/sys/kernel/btf', 'vmlinux')))
    return "the kernel's types (BTF) in /sys/kernel/btf/vmlinux, got none";
  return undefined;
}
