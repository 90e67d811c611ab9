import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { sshCommand } from '../../../collectors/replication-lag/site.ts';

describe('ssh', () => {
  const options = { identity: '/etc/keys/a b%c', knownHosts: '/etc/k', timeout: 30 };

  test('asks nothing, learns nothing, shares nothing', () => {
    const command = sshCommand({ name: 'nas', user: 'me', port: 2222 }, options, ['zfs', 'list', 'tank']);
    for (const setting of [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'IdentitiesOnly=yes',
      'ControlPath=none',
      'UserKnownHostsFile="/etc/k"',
      'IdentityFile="/etc/keys/a b%%c"',
    ]) {
      expect(command[command.indexOf(setting) - 1]).toBe('-o');
    }
    expect(command.slice(-7)).toStrictEqual(['-l', 'me', '-p', '2222', '--', 'nas', 'zfs list tank']);
  });

  test('understands every one of the options', async () => {
    const command = sshCommand({ name: 'nas', user: 'me', port: 2222 }, options, ['true']);
    // -G prints the configuration that counts, and connects nowhere.
    const { stdout } = await execa('ssh', ['-F', '/dev/null', '-G', ...command.slice(1)]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'batchmode yes',
        'user me',
        'port 2222',
        'stricthostkeychecking true',
        'identityfile /etc/keys/a b%%c',
        'userknownhostsfile /etc/k',
        'connecttimeout 10',
      ]),
    );
  });

  test.each([
    ['tank/b c'],
    ["it's"],
    ['$(id) `id` $HOME'],
    ['a;b|c&d>e<f'],
    ['*?[x]~'],
    ['"\\'],
    [''],
    ['#x'],
    ['-n'],
    ['grüße'],
  ])('a shell on the far side reads %j as one word', async (word) => {
    const line =
      sshCommand({ name: 'nas', user: undefined, port: undefined }, options, ['printf', '%s\\n', 'x', word, 'y']).at(
        -1,
      ) ?? '';
    const { stdout } = await execa('sh', ['-c', line]);
    expect(stdout).toBe(`x\n${word}\ny`);
  });
});
