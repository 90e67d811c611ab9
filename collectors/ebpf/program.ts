import type { Command, Host, Seconds } from '../../lib/host.ts';

/**
 * Counts since its start, never cleared, and prints a frame each `interval`, in JSON. `args->x` and not `args.x`: bpftrace 0.17
 * knows no other, and all later releases take it. Types of fields that C does not know it finds in BTF only with CAP_SYS_ADMIN.
 *
 * Where the lowest bucket that it prints has 2^31 counts or more, it takes these for 32 bits with a sign, and leaves the bucket
 * out (up to 0.26, the newest). So there is one below, of a negative duration, which is told of nobody: threads that waited for
 * less than 1 µs are that many in days. Of requests every 65,536th is in it, too.
 */
function programText(interval: Seconds, triesFail: boolean): string {
  return `
#define pid_t int
#define dev_t unsigned int
#define sector_t unsigned long long
BEGIN { @start = nsecs; @run_queue = hist(-1); }
${waits}${requests}${retransmits(triesFail ? 'args->err == 0 && ' : '')}${forgetting}interval:s:${interval} {
  print(@run_queue); print(@block_io); print(@retransmits); print(@events); clear(@events);
  printf("frame %s\\n", strftime("%s", @start));
}
`;
}

/**
 * A thread waits from when it is woken, or loses its processor while it could go on: a state of 0, or 256 where it was preempted.
 * Thread 0 is the idle one. What happens while another program runs on the same processor is not seen, and a thread that ended
 * would take its place in the map for good. From 0.22 on bpftrace prints an error for each delete of what is not there.
 */
const waits = `tracepoint:sched:sched_wakeup, tracepoint:sched:sched_wakeup_new { @runnable[args->pid] = nsecs; }
tracepoint:sched:sched_switch {
  $now = nsecs;
  if (args->prev_pid != 0 && (args->prev_state & 255) == 0) { @runnable[args->prev_pid] = $now; }
  $since = @runnable[args->next_pid];
  if ($since != 0 && $now >= $since) {
    @run_queue = hist(($now - $since) / 1000); @events = count(); delete(@runnable[args->next_pid]);
  }
}
tracepoint:sched:sched_process_free { if (@runnable[args->pid] != 0) { delete(@runnable[args->pid]); } }
`;

/**
 * - Loop devices, of major number 7, hand on what is then counted below them.
 * - A flush (FF) has no sectors; it begins at 0 and completes at -1. What waited for it completes once more, without sectors.
 * - rwbs is an array of 10 characters with a rest of others behind its end: as a key it would be many keys that look the same.
 *   An F before another letter is a flush that goes before it.
 * - An interrupt may come while another program runs on its processor, and its completion is not seen. Such requests would fill a
 *   map, until there is no room. So there are two in turn, each for 34 s (2^35 ns).
 */
const requests = `tracepoint:block:block_rq_issue / args->dev >> 20 != 7 && args->nr_sector > 0 / {
  $now = nsecs;
  if (($now >> 35) & 1) { @issued_odd[args->dev, args->sector] = $now; }
  else { @issued_even[args->dev, args->sector] = $now; }
}
tracepoint:block:block_rq_complete / args->dev >> 20 != 7 && args->nr_sector > 0 / {
  $now = nsecs;
  $even = @issued_even[args->dev, args->sector];
  $odd = @issued_odd[args->dev, args->sector];
  if ($even != 0) { delete(@issued_even[args->dev, args->sector]); }
  if ($odd != 0) { delete(@issued_odd[args->dev, args->sector]); }
  $since = $even;
  if ($odd > $even) { $since = $odd; }
  if ($since != 0 && $now >= $since) {
    $operation = 0;
    if (strncmp(args->rwbs, "R", 1) == 0) { $operation = 1; }
    if (strncmp(args->rwbs, "W", 1) == 0 || strncmp(args->rwbs, "FW", 2) == 0) { $operation = 2; }
    if (strncmp(args->rwbs, "D", 1) == 0) { $operation = 4; }
    @block_io[args->dev, $operation] = hist(($now - $since) / 1000); @events = count();
    if (($now & 65535) == 0) { @block_io[args->dev, $operation] = hist(-1); }
  }
}
tracepoint:block:block_rq_issue / args->dev >> 20 != 7 && strncmp(args->rwbs, "FF", 2) == 0 / { @flushing[args->dev] = nsecs; }
tracepoint:block:block_rq_complete / args->dev >> 20 != 7 && strncmp(args->rwbs, "FF", 2) == 0 / {
  $now = nsecs;
  $since = @flushing[args->dev];
  if ($since != 0 && $now >= $since) {
    @block_io[args->dev, 3] = hist(($now - $since) / 1000); @events = count(); delete(@flushing[args->dev]);
  }
}
`;

/** The service's port is the lower one. One of two as `a < b ? a : b` is refused by the kernel's verifier. */
const retransmits = (
  isSent: string,
) => `tracepoint:tcp:tcp_retransmit_skb / ${isSent}args->sport <= args->dport && args->sport < 32768 /
  { @retransmits[args->family, args->sport, args->state] = count(); }
tracepoint:tcp:tcp_retransmit_skb / ${isSent}args->dport < args->sport && args->dport < 32768 /
  { @retransmits[args->family, args->dport, args->state] = count(); }
tracepoint:tcp:tcp_retransmit_skb / ${isSent}args->sport >= 32768 && args->dport >= 32768 /
  { @retransmits[args->family, 0, args->state] = count(); }
`;

/** One map of requests is emptied while the other is in use for 17 to 26 s: what takes less than 17 s is always seen. */
const forgetting = `interval:s:5 {
  $eighth = (nsecs >> 33) & 7;
  if ($eighth == 2) { clear(@issued_odd); }
  if ($eighth == 6) { clear(@issued_even); }
}
`;

/** The operations of `@block_io`, from 1 on; 0 are others, as commands of the drive itself. */
export const operations = ['read', 'write', 'flush', 'discard'] as const;
export type Operation = (typeof operations)[number];

/** `triesFail`: what TCP could not send again, as without a route, is an event, too. */
export function commandOf(interval: Seconds, triesFail: boolean): Command {
  return ['bpftrace', '-q', '-f', 'json', '-e', programText(interval, triesFail)];
}

const retransmitFormat = '/sys/kernel/tracing/events/tcp/tcp_retransmit_skb/format';

/** Since Linux 6.17, where a field tells of them; others know no such name. */
export async function tellsOfFailures(host: Pick<Host, 'readText'>): Promise<boolean> {
  const format = await host.readText(retransmitFormat).catch(() => undefined);
  return format?.includes('int err;') === true;
}

/**
 * Four times as many threads that wait, requests under way and buckets as bpftrace has room for of itself; what does not fit
 * is not counted. The name was another one before 0.19.
 */
export const environment = { BPFTRACE_MAP_KEYS_MAX: '16384', BPFTRACE_MAX_MAP_KEYS: '16384' } as const;
