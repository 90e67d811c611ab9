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
export const retransmittedSegments = counter('node_netstat_Tcp_RetransSegs', 'Segments sent again.');
export const sentSegments = counter('node_netstat_Tcp_OutSegs', 'Segments sent.');
export const arcHits = counter('node_zfs_arc_hits', 'Reads that the ARC had.');
export const arcMisses = counter('node_zfs_arc_misses', 'Reads that it had not.');
export const arcSize = gauge('node_zfs_arc_size', 'Size of the ARC in bytes.');
export const arcMaximum = gauge('node_zfs_arc_c_max', 'How large it may get.');
