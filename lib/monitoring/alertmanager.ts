import type { Alert } from './alert.ts';
import { inhibitions } from './inhibition.ts';
import type { Site } from './site.ts';
import { yamlText } from './yaml.ts';

const head = `# Made by textfile-collector-stack from rules.toml. Who is told of what, and what is kept to itself since something else says more.
`;

/** Slow while a pool is scrubbed, and of no use to be told of. */
const slowWhileScrubbing = ['DiskLatencyHigh', 'BlockIOLatencyHigh', 'ZFSARCHitRatioLow', 'HighCPU'];

/** alertmanager.yml, for Alertmanager 0.25 and newer. */
export function alertmanagerText(alerts: readonly Alert[], site: Site): string {
  const { smtp, working_hours: hours } = site;
  return (
    head +
    yamlText({
      global: {
        resolve_timeout: '5m',
        ...(smtp === undefined ? {} : { smtp_smarthost: smtp.smarthost, smtp_from: smtp.from }),
      },
      time_intervals: [
        interval('working-hours', {
          weekdays: hours.weekdays,
          times: [{ start_time: hours.from, end_time: hours.to }],
        }),
        interval('scrub-night', { weekdays: ['sunday'], days_of_month: site.scrub_nights }),
      ],
      route: route(),
      receivers: [{ name: 'nobody' }, ...unsetOrSet(site)],
      inhibit_rules: inhibitions(alerts),
    })
  );
}

function interval(name: string, when: Readonly<Record<string, unknown>>) {
  return { name, time_intervals: [{ ...when, location: 'Local' }] };
}

function route() {
  const whenAwake = { active_time_intervals: ['working-hours'] };
  return {
    receiver: 'chat',
    // One machine is one page, whatever is wrong with it.
    group_by: ['cluster', 'instance'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '12h',
    routes: [
      {
        receiver: 'watchdog',
        matchers: ['alertname = Watchdog'],
        group_by: ['cluster'],
        group_wait: '0s',
        group_interval: '1m',
        // What is not older than this is not sent again: a minute would be two.
        repeat_interval: '50s',
      },
      { receiver: 'nobody', matchers: ['severity = info'] },
      // A hub or a switch that fails takes many machines along.
      { receiver: 'oncall', matchers: ['alertname = NodeDown'], group_by: ['cluster'], repeat_interval: '4h' },
      { receiver: 'oncall', matchers: ['severity = critical'], group_wait: '10s', repeat_interval: '4h' },
      // As does a list of targets that was written half.
      { receiver: 'chat', matchers: ['alertname = NodeForgotten'], group_by: ['cluster'], ...whenAwake },
      {
        receiver: 'chat',
        matchers: [`alertname =~ "${slowWhileScrubbing.join('|')}"`],
        mute_time_intervals: ['scrub-night'],
        ...whenAwake,
      },
      { receiver: 'chat', matchers: ['severity = warning'], ...whenAwake },
    ],
  };
}

/** One that has no address yet fails at each notification: Alertmanager logs it and counts it. */
function unsetOrSet({ receivers }: Site) {
  return (['oncall', 'chat', 'watchdog'] as const).map((name) => ({
    name,
    ...(receiverOf(name, receivers[name]) ?? {
      webhook_configs: [{ url: `http://receiver-${name}-is-not-set-in-rules-toml.invalid/` }],
    }),
  }));
}

/** Those that a site has not said where to reach. */
export function unsetReceivers({ receivers }: Site): string[] {
  return (['oncall', 'chat', 'watchdog'] as const).filter((name) => receiverOf(name, receivers[name]) === undefined);
}

function receiverOf(name: string, address: Site['receivers']['oncall']) {
  // What has ended is good to know for people, and of no use to a watchdog.
  const resolved = { send_resolved: name !== 'watchdog' };
  const { webhook, pagerduty_key_file, slack_url_file, slack_channel, email } = address ?? {};
  const configs = {
    ...(webhook !== undefined && { webhook_configs: [{ url: webhook, ...resolved }] }),
    ...(pagerduty_key_file !== undefined && {
      pagerduty_configs: [{ routing_key_file: pagerduty_key_file, ...resolved }],
    }),
    ...(slack_url_file !== undefined && {
      slack_configs: [
        { api_url_file: slack_url_file, channel: slack_channel, ...resolved, title: slackTitle, text: slackText },
      ],
    }),
    ...(email !== undefined && { email_configs: [{ to: email, ...resolved }] }),
  };
  return Object.keys(configs).length === 0 ? undefined : configs;
}

const slackTitle = '{{ .Status }}: {{ .GroupLabels.instance }} ({{ len .Alerts.Firing }})';
const slackText =
  '{{ range $i, $alert := .Alerts }}{{ if lt $i 10 }}{{ .Labels.severity }}: {{ .Annotations.summary }} ' +
  '{{ .Annotations.description }} {{ .Annotations.runbook_url }} {{ .Annotations.dashboard_url }}{{ "\\n" }}{{ end }}{{ end }}';
