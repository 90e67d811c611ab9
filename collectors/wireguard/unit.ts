import type { Unit } from '../../lib/unit.ts';

export const unit: Unit = {
  interval: 30,
  capabilities: ['CAP_NET_ADMIN', 'the kernel tells of WireGuard only to whoever may also change it.'],
  reads: [['/etc/wireguard', 'names of peers are comments in its files.']],
  exceptions: {
    PrivateNetwork: ['no', "The machine's own interfaces are what is read."],
    RestrictAddressFamilies: [
      'AF_NETLINK AF_UNIX',
      'Netlink for the interfaces of the kernel, sockets for those of wireguard-go and its like.',
    ],
    BindReadOnlyPaths: ['/sys -/run/wireguard', 'Where wireguard-go has its sockets.'],
    ProcSubset: ['all', 'The interfaces are in /proc/net/dev.'],
  },
};
