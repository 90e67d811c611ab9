import { counter, gauge } from './metric.ts';

/** Metrics of node_exporter 1.5 to 1.9 that rules and dashboards read beside ours. */
export const textfileScrapeError = gauge(
  'node_textfile_scrape_error',
  'Whether a file of the directory could not be read.',
);
export const listenOverflows = counter(
  'node_netstat_TcpExt_ListenOverflows',
  'Connections turned away since a queue was full.',
);
