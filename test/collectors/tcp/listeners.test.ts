import { expect, test } from 'vitest';
import { listenersOf } from '../../../collectors/tcp/listeners.ts';
import { parseSocketRow } from '../../../collectors/tcp/ss.ts';

test('sockets of one address and port are one, with every cgroup that is known', () => {
  const rows = [
    'LISTEN 0 128 0.0.0.0:80 0.0.0.0:* cgroup:/system.slice/a b.service',
    'LISTEN 129 128 0.0.0.0:80 0.0.0.0:* cgroup:/system.slice/web.service  ',
    'LISTEN 0 128 0.0.0.0:80 0.0.0.0:* cgroup:unreachable:1a2b',
    'LISTEN 0 128 [::]:22 [::]:* ',
  ].map((line) => parseSocketRow(line, 'here'));
  expect(listenersOf(rows)).toEqual([
    { address: '::', port: 22, queue: 0, limit: 128, fill: 0, cgroups: [] },
    {
      address: '0.0.0.0',
      port: 80,
      queue: 129,
      limit: 384,
      fill: 1,
      cgroups: ['/system.slice/a b.service', '/system.slice/web.service'],
    },
  ]);
});
