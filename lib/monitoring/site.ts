import * as z from 'zod/mini';
import { type ValuesOf, setting } from '../collector.ts';

const text = z.string().check(z.minLength(1));
const time = z.string().check(z.regex(/^(\d+(ms|[smhdwy]))+$/));
/** Rules look back on 5 minutes, and records on themselves: two minutes at most. */
const often = z.string().check(z.regex(/^([1-9]\d?s|1[01]\ds|120s|1m|2m)$/));
const clock = z.string().check(z.regex(/^\d\d:\d\d$/));
const file = z.string().check(z.regex(/^\/[^\p{Cc}]*$/u));

/** Where a notification goes. Secrets stand in files that Alertmanager reads. */
const receiver = z.strictObject({
  webhook: z.optional(z.string().check(z.regex(/^https?:\/\/\S+$/))),
  pagerduty_key_file: z.optional(file),
  slack_url_file: z.optional(file),
  slack_channel: z.optional(text),
  email: z.optional(text),
});

const hours = z.strictObject({
  weekdays: z._default(z.array(text), ['monday:friday']),
  from: z._default(clock, '08:00'),
  to: z._default(clock, '18:00'),
});

const scrape = z.strictObject({
  job: z._default(text, 'node'),
  port: z._default(z.int().check(z.minimum(1), z.maximum(65_535)), 9100),
  targets: z._default(text, '/etc/prometheus/targets/*.json'),
  sample_limit: z._default(z.int().check(z.minimum(1)), 20_000),
  ca_file: z.optional(file),
  username: z.optional(text),
  password_file: z.optional(file),
});

/** What one site wants otherwise than another: the keys of rules.toml. */
export const siteSettings = {
  selector: setting(
    z.optional(text),
    'Matchers for every selector of every rule and record',
    'selector = \'job="node"\'',
  ),
  runbooks: setting(
    z._default(text, '{{ $externalURL }}/consoles/textfile-collectors/'),
    'What stands before the name of a runbook page; by default, Prometheus serves them itself',
  ),
  grafana: setting(
    z._default(text, '{{ reReplaceAll "^(https?://[^:/]+).*" "$1:3000" $externalURL }}'),
    'Address of Grafana; by default, port 3000 of the machine that Prometheus calls itself',
  ),
  cluster: setting(z._default(text, 'main'), 'Label of everything that leaves this Prometheus'),
  keep_firing_minutes: setting(
    z._default(z.int().check(z.minimum(0)), 10),
    'How long an alert stays after it held last; longer than NodeDown takes, or a machine that dies is told as mended',
  ),
  scrape_interval: setting(
    z._default(often, '15s'),
    'Time from scrape to scrape, 2m at most; 30s from 1,000 machines on',
  ),
  evaluation_interval: setting(
    z._default(often, '30s'),
    'Time from one evaluation of the rules to the next, 2m at most',
  ),
  rule_files: setting(z._default(text, '/etc/prometheus/rules/*.yml'), 'Where Prometheus finds the rules'),
  alertmanagers: setting(z._default(z.array(text), ['localhost:9093']), 'Addresses of the Alertmanagers'),
  remote_write: setting(
    z.optional(z.string().check(z.regex(/^https?:\/\/\S+$/))),
    'Where records and alerts of this Prometheus go, and all that the agent scrapes: Mimir, Thanos or VictoriaMetrics',
    'remote_write = "https://mimir.example.org/api/v1/push"',
  ),
  thresholds: setting(
    z._default(z.record(z.string(), z.number()), {}),
    'Numbers of the rules, by name',
    '[thresholds]\nreplication_lag_seconds = 93600',
  ),
  severities: setting(
    z._default(z.record(z.string(), z.enum(['critical', 'warning', 'info', 'off'])), {}),
    'Severities by alert: critical calls, warning waits for working hours, info is told nobody, off leaves the alert out',
    '[severities]\nHighCPU = "info"',
  ),
  for: setting(z._default(z.record(z.string(), time), {}), 'How long an alert has to hold', '[for]\nHighCPU = "1h"'),
  scrape: setting(
    z._default(scrape, scrape.parse({})),
    'How machines are scraped. With ca_file by https, with username and password_file by basic auth',
    '[scrape]\nca_file = "/etc/prometheus/node-ca.pem"\nusername = "prometheus"\npassword_file = "/etc/prometheus/node-password"',
  ),
  working_hours: setting(
    z._default(hours, hours.parse({})),
    'When warnings are told, by the clock of Alertmanager',
    '[working_hours]\nweekdays = ["sunday:saturday"]\nfrom = "00:00"\nto = "24:00"',
  ),
  scrub_nights: setting(
    z._default(z.array(text), ['8:14']),
    'Days of the month whose Sunday is that of the scrub: slow disks and a cold ARC are not told of then',
  ),
  smtp: setting(
    z.optional(z.strictObject({ smarthost: text, from: text })),
    'For receivers with email',
    '[smtp]\nsmarthost = "localhost:25"\nfrom = "alertmanager@example.org"',
  ),
  receivers: setting(
    z._default(
      z.strictObject({ oncall: z.optional(receiver), chat: z.optional(receiver), watchdog: z.optional(receiver) }),
      {},
    ),
    'Where critical alerts go (oncall), all others (chat), and what calls when nothing comes any more (watchdog)',
    '[receivers.oncall]\npagerduty_key_file = "/etc/alertmanager/pagerduty-key"\n[receivers.chat]\nslack_url_file = "/etc/alertmanager/slack-url"\nslack_channel = "#alerts"\n[receivers.watchdog]\nwebhook = "https://watchdog.example.org/ping/1"',
  ),
};

/** A site's settings, defaults filled in. */
export type Site = ValuesOf<typeof siteSettings>;

/** The site of which nothing is known. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each schema has filled in its default
export const anySite = Object.fromEntries(
  Object.entries(siteSettings).map(([key, { schema }]) => [key, schema.parse(undefined)]),
) as Site;
