import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { machineDefaults } from '../../../lib/options/defaults.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'defaults-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the defaults of a machine are read as systemd reads them', () => {
  const file = path.join(folder, 'textfile-collectors');
  writeFileSync(
    file,
    String.raw`# Variables of the collectors
TEXTFILE_DIRECTORY="/srv/my \"100%\" metrics"
 TEXTFILE_TIMEOUT=20
TEXTFILE_STATE_DIR='/a\b'
TEXTFILE_ZFS_SNAPSHOTS=
PATH=/nowhere
; TEXTFILE_PROCFS=/x
no line
`,
  );
  expect(machineDefaults(file)).toEqual({
    TEXTFILE_DIRECTORY: '/srv/my "100%" metrics',
    TEXTFILE_TIMEOUT: '20',
    TEXTFILE_STATE_DIR: String.raw`/a\b`,
    TEXTFILE_ZFS_SNAPSHOTS: '',
  });
  expect(machineDefaults(path.join(folder, 'nowhere'))).toEqual({});
});
