import type { Unit } from '../../lib/unit.ts';

export const unit: Unit = {
  interval: 30,
  exceptions: {
    PrivateNetwork: ['no', "The machine's own connections are what is counted."],
    RestrictAddressFamilies: ['AF_NETLINK', 'ss asks the kernel through it; without it, accept queues have no limits.'],
    ProcSubset: ['all', 'Socket counts and the port range are in /proc/net and /proc/sys/net.'],
  },
};
