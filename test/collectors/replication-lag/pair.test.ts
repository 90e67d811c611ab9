import { describe, expect, test } from 'vitest';
import { labelOf, parseLocation } from '../../../collectors/replication-lag/pair.ts';

describe('a location', () => {
  test.each([
    ['tank', { dataset: 'tank' }, 'tank'],
    ['tank/b c/x-1_2.3:4', { dataset: 'tank/b c/x-1_2.3:4' }, 'tank/b c/x-1_2.3:4'],
    ['ssh://nas/tank/a', { host: { name: 'nas' }, dataset: 'tank/a' }, 'nas:tank/a'],
    ['ssh://nas:22/tank', { host: { name: 'nas', port: 22 }, dataset: 'tank' }, 'nas:tank'],
    [
      'ssh://me@nas.lan:2222/tank',
      { host: { name: 'nas.lan', port: 2222, user: 'me' }, dataset: 'tank' },
      'nas.lan:2222:tank',
    ],
    ['ssh://nas:65535/tank', { host: { name: 'nas', port: 65_535 }, dataset: 'tank' }, 'nas:65535:tank'],
    ['ssh://[fd00::1]/tank', { host: { name: 'fd00::1' }, dataset: 'tank' }, '[fd00::1]:tank'],
    [
      'ssh://[fe80::1%wg0]:2222/tank',
      { host: { name: 'fe80::1%wg0', port: 2222 }, dataset: 'tank' },
      '[fe80::1%wg0]:2222:tank',
    ],
  ])('%s', (text, location, label) => {
    const parsed = parseLocation(text);
    expect(parsed).toEqual(location);
    expect(parsed && labelOf(parsed)).toBe(label);
  });

  test.each([
    ['', 'nothing'],
    ['/tank', 'a path'],
    ['tank/', 'an empty part'],
    ['tank//a', 'an empty part'],
    ['-o', 'an option'],
    ['tank@daily', 'a snapshot'],
    ['nas:tank/a', 'as other tools write it'],
    ['me@nas:tank/a', 'as other tools write it'],
    ['ssh:/nas/tank', 'one slash too few'],
    ['ssh://nas', 'no dataset'],
    ['ssh://-oProxyCommand=x/tank', 'an option as host'],
    ['ssh://me;id@nas/tank', 'no user'],
    ['ssh://nas:0/tank', 'no port'],
    ['ssh://nas:65536/tank', 'no port'],
    ['ssh://nas:99999/tank', 'no port'],
    ['ssh://nas:100000/tank', 'no port'],
    ['ssh://nas:022/tank', 'no port'],
    ['tank/$(id)', 'what a shell would run'],
    ["tank/'x'", 'quotes'],
    ['tank\n', 'a newline'],
  ])('%j is none: %s', (text) => {
    expect(parseLocation(text)).toBeUndefined();
  });
});
