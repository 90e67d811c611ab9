import * as z from 'zod/mini';
import { type Collector, type Settings, type ValuesOf, setting } from '../collector.ts';
import { stateFolder } from '../host.ts';

/** A mistake of whoever called us: exit status 2. */
export class UsageError extends Error {}

// Each schema reads one value and the program ends: compiling it would cost more than it saves.
z.config({ jitless: true });

const text = z.string().check(z.minLength(1), z.regex(/^[^\0]*$/, 'expected a text without NUL'));
const maybeText = z.optional(text);
const no = z._default(z.boolean(), false);

/** Options that the config file may set, too; the same for all collectors. */
const placesOf = (collector: Collector) => ({
  textfile_dir: setting(maybeText, "node_exporter's textfile directory [this distribution's]"),
  state_dir: setting(z._default(text, stateFolder), 'Folder of what is kept from run to run'),
  timeout: setting(
    z._default(z.number().check(z.minimum(3), z.maximum(3600)), collector.timeout),
    'Seconds that a whole run may take',
  ),
  interval: setting(z.optional(z.number().check(z.minimum(1))), 'Seconds from run to run, as the unit says it'),
  procfs: setting(z._default(text, '/proc'), 'What to read as /proc'),
  sysfs: setting(z._default(text, '/sys'), 'What to read as /sys'),
});

/** Of collectors that report of a network namespace. Entering it is the caller's work: a unit's NetworkNamespacePath=. */
const netns = setting(
  z.optional(z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/))),
  'Name of the network namespace that this runs in: a label of every series, and part of the file name',
);

/** Options of one call. */
const actions = {
  stdout: setting(no, 'Print what the file would hold, and write nothing'),
  config: setting(maybeText, 'Config file [/etc/textfile-collectors/<name>.toml]'),
  record: setting(maybeText, 'Also keep every answer of the machine in this folder'),
  replay: setting(maybeText, 'Take the answers from this folder instead of the machine'),
  metrics: setting(no, 'List the metrics of this collector'),
  check: setting(no, 'Check what is needed here: tools, files, directory, node_exporter'),
  version: setting(no, 'Show the version'),
  help: setting(no, 'Show this help'),
};

/** Of collectors that can suggest a config file. */
const discover = setting(no, 'Print a config file that this machine suggests, and do nothing else');

/** Of collectors that ask for frames of a command that goes on. */
const follow = setting(no, 'Go on, and replace the file with each frame, until stopped');

/** What a call asks for, from its options, its environment and its config file, in this order. */
export interface Request extends ValuesOf<ReturnType<typeof placesOf>>, ValuesOf<typeof actions> {
  readonly netns?: string | undefined;
  readonly discover?: boolean | undefined;
  readonly follow?: boolean | undefined;
  /** Values of the collector's own settings, defaults filled in. */
  readonly settings: Record<string, unknown>;
}

/** `other` can be said in the config file only. */
type Kind = 'boolean' | 'number' | 'string' | 'array' | 'other';

/** One setting under its three names. */
export interface Option {
  /** In the config file: `textfile_dir`. */
  readonly key: string;
  /** On the command line, after two dashes: `textfile-dir`. */
  readonly flag: string;
  /** In the environment: `TEXTFILE_DIRECTORY`, `TEXTFILE_ZFS_DATASET_LIMIT`. */
  readonly variable: string;
  readonly group: 'action' | 'place' | 'setting';
  readonly kind: Kind;
  readonly describe: string;
  readonly schema: z.ZodMiniType;
  readonly default: unknown;
  readonly example?: string;
}

/** Every option of a collector; the one list behind the command line, the environment, the config file and --help. */
export function optionsOf(collector: Collector): Option[] {
  return [
    ...optionsFrom(actions, 'action'),
    ...(collector.discover === undefined ? [] : optionsFrom({ discover }, 'action')),
    ...(collector.follows === true ? optionsFrom({ follow }, 'action') : []),
    ...optionsFrom(placesOf(collector), 'place'),
    ...(collector.perNetns === true ? optionsFrom({ netns }, 'place') : []),
    ...optionsFrom(collector.settings, 'setting', `TEXTFILE_${upper(collector.name)}_`),
  ];
}

/** The options behind settings; `prefix` is that of their variables. */
export function optionsFrom(settings: Settings, group: Option['group'], prefix = 'TEXTFILE_'): Option[] {
  return Object.entries(settings).map(([key, { schema, describe, ...more }]) => ({
    key,
    flag: key.replaceAll('_', '-'),
    variable: key === 'textfile_dir' ? 'TEXTFILE_DIRECTORY' : prefix + upper(key),
    group,
    kind: kindOf(schema),
    describe,
    schema,
    default: defaultOf(schema),
    ...more,
  }));
}

function upper(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

/** An option's value from text. What cannot be turned into its kind stays text, for the check to refuse. */
export function fromText({ kind }: Option, text: string): unknown {
  if (kind === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kind === 'boolean' && /^(1|true|yes|on)$/i.test(text)) return true;
  if (kind === 'boolean' && /^(0|false|no|off)$/i.test(text)) return false;
  if (kind !== 'array') return text;
  // `a, b`: a pool or an interface whose name begins with a blank there cannot be.
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What stands under `default` and `optional`. A list is one of words: a table or a list of tables has no text form. */
function kindOf(schema: z.ZodMiniType): Kind {
  const {
    type,
    innerType,
    element,
    in: input,
  } = schema.def as {
    type: string;
    innerType?: z.ZodMiniType;
    /** Of what is turned into another value once it is read. */
    in?: z.ZodMiniType;
    element?: z.ZodMiniType;
  };
  const inner = innerType ?? input;
  if (inner !== undefined) return kindOf(inner);
  if (type === 'array') return element !== undefined && kindOf(element) === 'string' ? 'array' : 'other';
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'other';
}

function defaultOf(schema: z.ZodMiniType): unknown {
  return 'defaultValue' in schema.def ? schema.def.defaultValue : undefined;
}
