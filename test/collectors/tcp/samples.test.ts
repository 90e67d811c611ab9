import { expect, test } from 'vitest';
import { unitOf } from '../../../collectors/tcp/samples.ts';

test.each([
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/system.slice/system-postgresql.slice/postgresql@15-main.service', 'postgresql@15-main.service'],
  ['/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service', 'syncthing.service'],
  ['/init.scope', 'init.scope'],
  ['/system.slice/docker-0123.scope/nested', 'docker-0123.scope'],
  ['/kubepods/besteffort/pod1/0123', ''],
  ['/', ''],
])('the unit of %s is %j', (cgroup, unit) => expect(unitOf(cgroup)).toBe(unit));
