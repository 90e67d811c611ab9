import { type Dashboard, type Row, type SeriesPanel, legend } from '../../lib/monitoring/dashboard.ts';
import { arcSize } from '../../lib/monitoring/node-exporter.ts';
import { type Expression, labels, promql, series } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

/** Disks, and not what is made of them. */
const disks = { device: { not: ['(dm-|loop|ram|zd|sr|md|nbd|fd).*'] } } as const;

/** File systems that can run full; those of ZFS share the space of their pool. */
const filesystems = {
  fstype: { not: ['tmpfs', 'ramfs', 'overlay', 'squashfs', 'zfs', 'nfs.*', 'cifs', 'fuse.*'] },
} as const;

const networks = { device: { not: ['lo', '(veth|docker|br-|cali|tap|ifb).*'] } } as const;

function rate(expr: Expression): Expression {
  return promql`rate(${expr}[$__rate_interval])`;
}

/** Mean time of a request; of a disk without one there is none. */
function latency(time: Expression, requests: Expression): Expression {
  return promql`topk(10, ${rate(time)} / ${rate(requests)} > 0)`;
}

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Up for',
      kind: 'stat',
      width: 4,
      unit: 's',
      queries: [{ expr: promql`time() - ${m.bootTime}`, legend: legend(m.bootTime) }],
    },
    {
      title: 'Failed units',
      description: "Needs node_exporter's collector systemd.",
      kind: 'names',
      width: 8,
      limits: { warning: 0 },
      queries: [
        {
          expr: promql`topk(20, ${series(m.unitState, { state: 'failed' })} == 1)`,
          legend: legend(m.unitState, 'name'),
        },
      ],
    },
    {
      title: 'Fullest file systems, but for ZFS',
      kind: 'gauges',
      width: 12,
      height: 5,
      unit: 'percentunit',
      limits: { warning: 0.8, critical: 0.9 },
      queries: [
        {
          expr: promql`topk(5, 1 - ${series(m.filesystemAvailable, filesystems)} / ${m.filesystemSize})`,
          legend: legend(m.filesystemSize, 'mountpoint'),
        },
      ],
    },
  ],
};

const memory: SeriesPanel = {
  title: 'Memory',
  description: 'What the ARC has above its minimum it gives back on demand, but MemAvailable does not count it.',
  kind: 'stack',
  width: 8,
  unit: 'bytes',
  queries: [
    {
      expr: promql`${m.memoryTotal} - ${m.memoryAvailable} - (${arcSize} or ${m.memoryTotal} * 0)`,
      legend: `${legend(m.memoryTotal)} used`,
    },
    { expr: promql`${arcSize}`, legend: `${legend(arcSize)} ARC` },
    { expr: promql`${m.memoryAvailable}`, legend: `${legend(m.memoryAvailable)} available` },
  ],
};

const processors: Row = {
  title: 'Processors and memory',
  panels: [
    {
      title: 'Processors by mode',
      description: 'Of all processors together; the rest is idle.',
      kind: 'stack',
      width: 8,
      unit: 'percentunit',
      queries: [
        {
          expr: promql`avg without (${labels(m.cpuSeconds, 'cpu')}) (${rate(series(m.cpuSeconds, { mode: { not: ['idle'] } }))}) > 0`,
          legend: legend(m.cpuSeconds, 'mode'),
        },
      ],
    },
    {
      title: 'Time in which something had to wait',
      description: 'Pressure stall information: for a processor, for memory, for a disk.',
      kind: 'graph',
      width: 8,
      unit: 'percentunit',
      queries: [
        { expr: rate(promql`${m.cpuWaiting}`), legend: `${legend(m.cpuWaiting)} processor` },
        { expr: rate(promql`${m.memoryWaiting}`), legend: `${legend(m.memoryWaiting)} memory` },
        { expr: rate(promql`${m.ioWaiting}`), legend: `${legend(m.ioWaiting)} disk` },
      ],
    },
    memory,
  ],
};

const devices: Row = {
  title: 'Disks and network',
  panels: [
    {
      title: 'Mean time of a request',
      kind: 'graph',
      width: 8,
      unit: 's',
      queries: [
        {
          expr: latency(series(m.diskReadTime, disks), series(m.diskReads, disks)),
          legend: `${legend(m.diskReads, 'device')} read`,
        },
        {
          expr: latency(series(m.diskWriteTime, disks), series(m.diskWrites, disks)),
          legend: `${legend(m.diskWrites, 'device')} write`,
        },
      ],
    },
    {
      title: 'Busy disks',
      description: 'Time with something to do. An SSD that is busy all the time may still take more.',
      kind: 'graph',
      width: 8,
      unit: 'percentunit',
      queries: [{ expr: promql`topk(10, ${rate(series(m.diskBusy, disks))})`, legend: legend(m.diskBusy, 'device') }],
    },
    {
      title: 'Read and written',
      kind: 'graph',
      width: 8,
      unit: 'binBps',
      queries: [
        {
          expr: promql`topk(10, ${rate(series(m.diskReadBytes, disks))})`,
          legend: `${legend(m.diskReadBytes, 'device')} read`,
        },
        {
          expr: promql`topk(10, ${rate(series(m.diskWrittenBytes, disks))})`,
          legend: `${legend(m.diskWrittenBytes, 'device')} written`,
        },
      ],
    },
    {
      title: 'Network',
      kind: 'graph',
      width: 12,
      unit: 'binBps',
      queries: [
        {
          expr: promql`topk(10, ${rate(series(m.networkReceived, networks))})`,
          legend: `${legend(m.networkReceived, 'device')} received`,
        },
        {
          expr: promql`topk(10, ${rate(series(m.networkSent, networks))})`,
          legend: `${legend(m.networkSent, 'device')} sent`,
        },
      ],
    },
    {
      title: 'Frames lost',
      kind: 'graph',
      width: 12,
      unit: 'cps',
      queries: [
        {
          expr: promql`topk(10, ${rate(series(m.networkReceiveErrors, networks))} + ${rate(series(m.networkReceiveDrops, networks))})`,
          legend: `${legend(m.networkReceiveErrors, 'device')} received`,
        },
        {
          expr: promql`topk(10, ${rate(series(m.networkSendErrors, networks))})`,
          legend: `${legend(m.networkSendErrors, 'device')} sent`,
        },
      ],
    },
  ],
};

/** Node Detail: the machine itself, and what matters first of every collector on it. */
export function nodeDetail(
  collectors: readonly Row[],
  { annotations, choices }: Required<Pick<Dashboard, 'annotations' | 'choices'>>,
): Dashboard {
  return {
    uid: 'textfile-node',
    title: 'Node Detail',
    machines: 'one',
    presence: promql`${m.unameInfo}`,
    annotations,
    choices,
    now,
    rows: [...collectors, processors, devices],
  };
}
