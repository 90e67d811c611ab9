import type { Unit } from '../../lib/unit.ts';

export const unit: Unit = {
  interval: 300,
  // A fleet that was powered on together would ask its backup node all at once.
  jitter: 30,
  exceptions: {
    BindPaths: ['-/dev/zfs', 'What zfs talks to. It opens it for writing, too; what it asks only reads.'],
    DeviceAllow: ['/dev/zfs rw', 'As above.'],
    BindReadOnlyPaths: [
      '/sys -/run/systemd/resolve -/run/NetworkManager -/run/resolvconf',
      'Where /etc/resolv.conf may lead to.',
    ],
    PrivateNetwork: ['no', 'Other machines are asked, by ssh.'],
    IPAddressDeny: ['', 'As above; where they are is in the config file.'],
    RestrictAddressFamilies: ['AF_INET AF_INET6', 'As above.'],
    ProcSubset: ['all', 'The states of the pools are in /proc/spl/kstat.'],
  },
};
