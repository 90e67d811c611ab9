import type { Unit } from '../lib/unit.ts';
import { quoted } from './quoting.ts';

/** A line of a unit; the lines of the reason stand above it as comments. */
export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly reason?: string;
}

/** What no service may see, since CAP_DAC_OVERRIDE would let it read them, beside what only some collector reads. */
const secrets = [
  '/etc/shadow',
  '/etc/shadow-',
  '/etc/gshadow',
  '/etc/gshadow-',
  '/etc/krb5.keytab',
  '/etc/ssh/ssh_host_ecdsa_key',
  '/etc/ssh/ssh_host_ed25519_key',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/ssl/private',
  '/etc/pki/tls/private',
  '/etc/NetworkManager/system-connections',
];

/** A directive without a value is left out: it keeps the place of an exception. */
const standard: readonly (readonly [name: string, value: string | undefined, reason?: string])[] = [
  ['NoNewPrivileges', 'yes'],
  ['UMask', '0077'],
  ['LimitCORE', '0', 'A core dump would hold what the process has read, and keys with it.'],
  ['ProtectHome', 'yes'],
  ['PrivateTmp', 'yes'],
  ['PrivateMounts', 'yes'],
  [
    'TemporaryFileSystem',
    '/run:ro /dev/shm',
    'Files of other services, and units that systemd would start: ProtectSystem= does not always cover /run.',
  ],
  ['BindReadOnlyPaths', '/sys', 'In systemd 257 ProtectKernelTunables= alone leaves it writable.'],
  ['PrivateDevices', 'yes'],
  ['BindPaths', undefined],
  ['DevicePolicy', 'closed'],
  ['DeviceAllow', undefined],
  ['PrivateIPC', 'yes'],
  ['PrivateNetwork', 'yes'],
  ['IPAddressDeny', 'any'],
  ['RestrictAddressFamilies', 'none'],
  ['ProtectHostname', 'yes'],
  ['ProtectClock', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectProc', 'invisible'],
  ['ProcSubset', 'pid'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['LockPersonality', 'yes'],
  ['RemoveIPC', 'yes'],
  ['KeyringMode', 'private'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service @pkey', 'V8 calls pkey_alloc.'],
  ['SystemCallFilter', '~@privileged @resources'],
  [
    'SystemCallErrorNumber',
    'EPERM',
    'Refused and not killed: what Node.js tries first differs from release to release.',
  ],
  ['MemoryDenyWriteExecute', 'no', 'V8 compiles into memory.'],
  ['PrivateUsers', 'no', 'In a user namespace of its own, ZFS shows no pools and a capability counts for nothing.'],
];

/** What keeps a service of the `suite` to its work; `writable` are the directories that it may write. */
export function sandbox(unit: Unit, suite: readonly Unit[], writable: readonly string[]): Directive[] {
  const unknown = Object.keys(unit.exceptions).find((name) => standard.every(([known]) => known !== name));
  if (unknown !== undefined)
    throw new Error(`Cannot render a unit: expected an exception to a default, got ${unknown}`);
  return [
    ...capabilities(unit),
    ...paths(unit, suite, writable),
    ...standard.flatMap((line) => excepted(line, unit)),
    ...systemCalls(unit),
  ];
}

function capabilities({ capabilities: [more, reason] = ['', ''], root }: Unit): Directive[] {
  if (root !== undefined)
    return [{ name: 'CapabilityBoundingSet', value: more, reason: `All that root has: ${reason}` }];
  const value = `CAP_DAC_OVERRIDE ${more}`.trim();
  const base = "CAP_DAC_OVERRIDE: the textfile directory is root's on Debian and prometheus' on Fedora.";
  return [
    { name: 'AmbientCapabilities', value, reason: reason === '' ? base : `${base}\n${more}: ${reason}` },
    { name: 'CapabilityBoundingSet', value },
  ];
}

function paths({ reads = [], root }: Unit, suite: readonly Unit[], writable: readonly string[]): Directive[] {
  const all = new Set([...secrets, ...suite.flatMap((one) => (one.reads ?? []).map(([path]) => path))]);
  const veiled = writable.filter((path) => /^\/((var\/)?run|dev\/shm)\//.test(path));
  const hidden = [...all].filter((path) => reads.every(([read]) => read !== path));
  const reasons = [
    `${root === undefined ? 'CAP_DAC_OVERRIDE' : 'root'} could read these.`,
    ...reads.map(([read, why]) => `Not ${read}: ${why}`),
  ];
  return [
    { name: 'ProtectSystem', value: 'strict' },
    { name: 'ReadWritePaths', value: listOf(writable) },
    ...(veiled.length === 0
      ? []
      : [{ name: 'BindPaths', value: listOf(veiled), reason: 'TemporaryFileSystem= below would hide it.' }]),
    {
      name: 'InaccessiblePaths',
      value: hidden.map((path) => `-${path}`).join(' '),
      reason: reasons.join('\n'),
    },
  ];
}

function listOf(paths: readonly string[]): string {
  return paths.map((path) => quoted(`-${path}`)).join(' ');
}

function excepted([name, value, reason]: (typeof standard)[number], { exceptions }: Unit): Directive[] {
  const [own, why] = exceptions[name] ?? [value, reason];
  return own === undefined ? [] : [{ name, value: own, ...(why !== undefined && { reason: why }) }];
}

/** After the two lines of the default, the first of which says what is allowed at all. */
function systemCalls({ systemCalls: [value, reason] = ['', ''] }: Unit): Directive[] {
  return value === '' ? [] : [{ name: 'SystemCallFilter', value, reason }];
}
