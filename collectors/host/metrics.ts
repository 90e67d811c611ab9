import { counter, gauge } from '../../lib/metric.ts';

/** What node_exporter 1.5 to 1.9 tells of the machine itself. */
export const unameInfo = gauge('node_uname_info', 'Names of the kernel and of the machine.', [
  'nodename',
  'release',
  'machine',
]);

export const bootTime = gauge('node_boot_time_seconds', 'UNIX time at which the machine booted.');

export const cpuSeconds = counter('node_cpu_seconds_total', 'Time of a processor in a mode.', ['cpu', 'mode']);
export const cpuWaiting = counter('node_pressure_cpu_waiting_seconds_total', 'Time in which a task had no processor.');
export const ioWaiting = counter('node_pressure_io_waiting_seconds_total', 'Time in which a task waited for a disk.');
export const memoryWaiting = counter(
  'node_pressure_memory_waiting_seconds_total',
  'Time in which a task waited for memory.',
);

export const memoryTotal = gauge('node_memory_MemTotal_bytes', 'Size of the memory.');
export const memoryAvailable = gauge('node_memory_MemAvailable_bytes', 'What programs can get; without the ARC.');
export const memoryHuge = gauge('node_memory_Hugetlb_bytes', 'What is set aside as huge pages.');
export const arcMinimum = gauge('node_zfs_arc_c_min', 'What the ARC keeps in any case.');

const filesystem = ['device', 'fstype', 'mountpoint'] as const;
export const filesystemSize = gauge('node_filesystem_size_bytes', 'Size of the file system.', filesystem);
export const filesystemAvailable = gauge(
  'node_filesystem_avail_bytes',
  'What programs without privileges may still write.',
  filesystem,
);
export const filesystemReadonly = gauge('node_filesystem_readonly', 'Whether it is mounted read-only.', filesystem);

const disk = ['device'] as const;
export const diskReads = counter('node_disk_reads_completed_total', 'Reads of the disk.', disk);
export const diskWrites = counter('node_disk_writes_completed_total', 'Writes of the disk.', disk);
export const diskReadTime = counter('node_disk_read_time_seconds_total', 'Time of all reads.', disk);
export const diskWriteTime = counter('node_disk_write_time_seconds_total', 'Time of all writes.', disk);
export const diskReadBytes = counter('node_disk_read_bytes_total', 'Bytes read.', disk);
export const diskWrittenBytes = counter('node_disk_written_bytes_total', 'Bytes written.', disk);
export const diskBusy = counter('node_disk_io_time_seconds_total', 'Time in which it had something to do.', disk);

const network = ['device'] as const;
export const networkReceived = counter('node_network_receive_bytes_total', 'Bytes received.', network);
export const networkSent = counter('node_network_transmit_bytes_total', 'Bytes sent.', network);
export const networkReceiveErrors = counter('node_network_receive_errs_total', 'Frames that came broken.', network);
export const networkSendErrors = counter('node_network_transmit_errs_total', 'Frames that could not leave.', network);
export const networkReceiveDrops = counter('node_network_receive_drop_total', 'Frames without room.', network);

export const unitState = gauge('node_systemd_unit_state', 'Unit state: 1 for the current one, 0 for the others.', [
  'name',
  'state',
  'type',
]);
