import { counter, gauge } from '../metric.ts';

/** Metrics of node_exporter 1.5 to 1.9 that rules and dashboards read beside ours. */
export const textfileScrapeError = gauge(
  'node_textfile_scrape_error',
  'Whether a file of the directory could not be read.',
);
export const listenOverflows = counter(
  'node_netstat_TcpExt_ListenOverflows',
  'Connections turned away since a queue was full.',
);
export const listenDrops = counter(
  'node_netstat_TcpExt_ListenDrops',
  'Connections and requests for one turned away, for a full queue or any other reason.',
);
export const synCookiesSent = counter(
  'node_netstat_TcpExt_SyncookiesSent',
  'Requests for a connection answered with a SYN cookie, since the SYN queue was full.',
);
export const synCookiesFailed = counter('node_netstat_TcpExt_SyncookiesFailed', 'SYN cookies that came back wrong.');
export const passiveOpens = counter('node_netstat_Tcp_PassiveOpens', 'Connections accepted.');
export const retransmittedSegments = counter('node_netstat_Tcp_RetransSegs', 'Segments sent again.');
export const sentSegments = counter('node_netstat_Tcp_OutSegs', 'Segments sent.');
export const arcHits = counter('node_zfs_arc_hits', 'Reads that the ARC had.');
export const arcMisses = counter('node_zfs_arc_misses', 'Reads that it had not.');
export const arcSize = gauge('node_zfs_arc_size', 'Size of the ARC in bytes.');
export const arcMaximum = gauge('node_zfs_arc_c_max', 'How large it may get.');
