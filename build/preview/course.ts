/** How the values of a machine go up and down, so that a preview has something to show. All of it is made up. */

/** What a counter gains in a second where its name begins so; the first that fits counts. */
const rates: readonly (readonly [RegExp, number])[] = [
  [/^node_cpu_seconds_total\{.*mode="idle"/, 0.6],
  [/^node_cpu_seconds_total\{.*mode="user"/, 0.17],
  [/^node_cpu_seconds_total\{.*mode="system"/, 0.07],
  [/^node_cpu_seconds_total\{.*mode="iowait"/, 0.03],
  [/^node_cpu_seconds_total\{.*mode="softirq"/, 0.01],
  [/^node_disk_(read|written)_bytes_total/, 6e6],
  [/^node_disk_(reads|writes)_completed_total/, 90],
  [/^node_disk_(read|write)_time_seconds_total/, 0.2],
  [/^node_disk_io_time_seconds_total/, 0.22],
  [/^node_network_(receive|transmit)_bytes_total/, 3e6],
  [/^node_network_receive_drop_total/, 0.02],
  [/^node_pressure_cpu_waiting_seconds_total/, 0.06],
  [/^node_pressure_io_waiting_seconds_total/, 0.04],
  [/^node_netstat_Tcp_OutSegs/, 2500],
  [/^node_netstat_Tcp_RetransSegs/, 4],
  [/^node_netstat_TcpExt_ListenOverflows.*node02/, 0.4],
  [/^ebpf_tcp_retransmits_total/, 0.8],
  [/^node_zfs_arc_hits/, 4200],
  [/^node_zfs_arc_misses/, 310],
  // From peers that are silent nothing comes.
  [/^wireguard_received_bytes_total.*(?:"node02"|"rIFi.*"node03")/, 0],
  [/^wireguard_(sent|received)_bytes_total/, 60_000],
  [/^zfs_pool_io_bytes_total\{.*via="arc"/, 5e6],
  [/^zfs_pool_io_operations_total\{.*via="arc"/, 80],
];

/** What goes up and down by a part of itself. */
const wavering: readonly (readonly [RegExp, number])[] = [
  [/^node_memory_MemAvailable_bytes/, 0.06],
  [/^node_zfs_arc_size/, 0.2],
  [/^tcp_(connection_count|sockets|port_sockets|listen_queue)\{/, 0.3],
  [/^tcp_ephemeral_ports_used_per_destination_max/, 0.3],
];

/** What the present is multiplied with, where a recorded machine had nothing to do. */
const larger: readonly (readonly [RegExp, number])[] = [
  [/^node_zfs_arc_size/, 12],
  [/^node_memory_MemAvailable_bytes/, 0.5],
];

const isTime = /(_timestamp|_timestamp_seconds|_handshake_seconds)(\{|$)/;

/**
 * The value of a series `ago` seconds before it was `value`. Times keep their distance, counters lose what they have gained,
 * and what wavers does so in days and hours.
 */
export function before(series: string, value: number, ago: number): number {
  if (isTime.test(series)) return value === 0 ? 0 : value - ago;
  // Recordings know of no durations.
  if (series.startsWith('textfile_collector_duration_seconds')) return 0.12 * (1 + 0.25 * wave(series, ago));
  const scale = larger.find(([name]) => name.test(series))?.[1] ?? 1;
  const rate = rates.find(([name]) => name.test(series))?.[1];
  const [, histogram, labels = ''] =
    /^(\w+_seconds)_(?:bucket|count)(\{.*?),?job=/.exec(series.replace(/,?le="[^"]*"/, '')) ?? [];
  // All buckets of a histogram grow alike: the waits are those of the recording.
  if (histogram !== undefined) return value * (1e4 - grown(histogram + labels, ago) / 10);
  // What idles is the rest of what works: as much of each processor, and never more than there is.
  const [, idle] = /^node_cpu_seconds_total\{.*mode="idle".*(instance="\w+")/.exec(series) ?? [];
  if (idle !== undefined) return 1e9 + value - 0.6 * (0.9 + 0.2 * phase(idle)) * (ago - 0.4 * swing(idle, ago));
  if (rate !== undefined) return 1e10 + value - rate * grown(series, ago);
  const part = wavering.find(([name]) => name.test(series))?.[1] ?? 0;
  return value * scale * (1 + part * wave(series, ago) - part * wave(series, 0));
}

/** What a counter of one a second has gained; more or less, by the time and by the series. */
function grown(series: string, ago: number): number {
  return (0.6 + 0.8 * phase(series)) * (ago - swing(series, ago));
}

/** The integral of a wave, so that the rate is never below 0. */
function swing(series: string, ago: number): number {
  const [day, hour] = [86_400 / 4, 2600];
  const at = phase(series) * 6;
  return (
    0.45 * day * (Math.sin(ago / day + at) - Math.sin(at)) + 0.35 * hour * (Math.sin(ago / hour + at) - Math.sin(at))
  );
}

function wave(series: string, ago: number): number {
  return 0.6 * Math.sin(ago / 9000 + phase(series) * 6) + 0.4 * Math.sin(ago / 1700 + phase(series) * 9);
}

/** From 0 to 1, the same for the same series. */
function phase(series: string): number {
  let hash = 7;
  for (const letter of series) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return hash / 9973;
}
