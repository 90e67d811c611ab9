import * as z from 'zod/mini';
import { collectors } from '../collectors/index.ts';
import { setting, type ValuesOf } from '../lib/collector.ts';
import { optionsFrom } from '../lib/options/options.ts';
import { packaged } from './places.ts';

const absolute = z.string().check(z.regex(/^\/[^\p{Cc}]*$/u));

/** A name, which is the label and part of file names, and where its network namespace is. */
const netns = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*(=[1-9]\d*|=\/[^\s\p{Cc}\\]*)?$/u));

const actions = {
  out: setting(
    z.optional(z.string().check(z.minLength(1))),
    'Write the units into this folder instead of printing them',
  ),
  collector: setting(
    z._default(
      z.array(z.string()),
      collectors.map(({ name }) => name),
    ),
    'Make those of these collectors only',
  ),
  netns: setting(
    z._default(z.array(netns), []),
    'Make those of these network namespaces only: NAME as in "ip netns", NAME=PID of a process in it, or NAME=/path',
  ),
  version: setting(z._default(z.boolean(), false), 'Show the version'),
  help: setting(z._default(z.boolean(), false), 'Show this help'),
};

const places = {
  textfile_dir: setting(
    z.optional(absolute),
    "node_exporter's textfile directory [TEXTFILE_DIRECTORY in /etc/default/textfile-collectors]",
  ),
  interval: setting(
    z.optional(z.int().check(z.minimum(10), z.maximum(86_400))),
    "Seconds from run to run; time limits are cut to fit [each collector's own]",
  ),
  node: setting(z._default(absolute, packaged.node), 'The program that runs the collectors'),
  prefix: setting(z._default(absolute, packaged.prefix), 'Folder of the collectors, as zfs.js'),
  user: setting(
    z._default(z.string().check(z.regex(/^[a-z_][a-z0-9_-]*\$?$/)), packaged.user),
    'System user that runs them',
  ),
};

/** The options, of which --help and the manual page tell. */
export const unitsOptions = [...optionsFrom(actions, 'action'), ...optionsFrom(places, 'place')];

/** The first and the last lines of --help. */
export const unitsHelp = {
  usage:
    'units.js [options]\n\nMakes the hardened systemd units of the collectors, for other places or another interval than those of the packages.',
  epilogue: [
    'For example: units.js --collector zfs --interval 30 --out /etc/systemd/system && systemctl daemon-reload',
    '             units.js --collector wireguard --netns vpn=4711 --out /etc/systemd/system',
    'A unit in /etc/systemd/system stands in for that of the package. The user has to exist: useradd --system NAME.',
    '',
    'Exit status: 0 done, 1 a file was not written, 2 bad option.',
  ].join('\n'),
};

/** What a call asks for. */
export type UnitsRequest = ValuesOf<typeof actions> & ValuesOf<typeof places>;
