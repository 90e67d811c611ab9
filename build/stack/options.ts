import * as z from 'zod/mini';
import { setting, type ValuesOf } from '../../lib/collector.ts';
import { optionsFrom } from '../../lib/options/options.ts';

const text = z.string().check(z.minLength(1));

const actions = {
  out: setting(z.optional(text), 'Write the files into this folder'),
  config: setting(z.optional(text), 'Settings of the site [/etc/textfile-collectors/rules.toml]'),
  hosts: setting(
    z.optional(text),
    'Also make targets.json of this list: a machine a line, labels after it, as node01.wg2 env=production',
  ),
  version: setting(z._default(z.boolean(), false), 'Show the version'),
  help: setting(z._default(z.boolean(), false), 'Show this help'),
};

/** The options, of which --help and the manual page tell. */
export const stackOptions = optionsFrom(actions, 'action');

/** The first and the last lines of --help. */
export const stackHelp = {
  usage:
    'stack.js [options]\n\nMakes what Prometheus, Alertmanager, Grafana, Alloy and node_exporter read: rules, routes, inhibitions, scrape configuration, provisioning. No npm is needed.',
  epilogue: [
    'For example: stack.js --config rules.toml --hosts hosts --out /etc/prometheus && promtool check config /etc/prometheus/server/prometheus.yml',
    'All keys of rules.toml, with their defaults, are in server/rules.toml of what is made.',
    '',
    'Exit status: 0 done, 1 a file was not written, 2 bad option or settings.',
  ].join('\n'),
};

/** What a call asks for. */
export type StackRequest = ValuesOf<typeof actions>;
