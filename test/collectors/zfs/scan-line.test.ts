import { expect, test } from 'vitest';
import { parseScan } from '../../../collectors/zfs/scan-line.ts';

// Formats: print_scan_scrub_resilver_status, print_rebuild_status_impl and print_err_scrub_status in
// cmd/zpool/zpool_main.c, OpenZFS 2.1 to 2.4. Sizes and dates are made up.
const on = 'Sun Nov 22 08:47:00 2026';
const at = Date.UTC(2026, 10, 22, 8, 47, 0) / 1000;

test.each([
  [
    'scrub, finished',
    `scrub repaired 0B in 00:00:01 with 0 errors on ${on}`,
    { kind: 'scrub', state: 'finished', start: at - 1, end: at, errors: 0, done: 0 },
  ],
  [
    'scrub, finished, days',
    `scrub repaired 1.50M in 2 days 03:04:05 with 7 errors on ${on}`,
    { start: at - 183_845, errors: 7, done: 1_572_864 },
  ],
  [
    'one day is days too',
    `scrub repaired 3K in 1 days 00:00:00 with 1 errors on ${on}`,
    { start: at - 86_400, done: 3072 },
  ],
  [
    'a day below ten',
    'scrub repaired 0B in 00:00:00 with 0 errors on Sun Nov  1 00:00:09 2026',
    { end: Date.UTC(2026, 10, 1, 0, 0, 9) / 1000 },
  ],
  [
    'more errors than a double can count',
    `scrub repaired 0B in 00:00:01 with 18446744073709551615 errors on ${on}`,
    { errors: 18_446_744_073_709_551_615n },
  ],
  [
    'thorough scrub (2.5)',
    `thorough scrub repaired 0B in 00:00:01 with 0 errors on ${on}`,
    { kind: 'scrub', state: 'finished' },
  ],
  [
    'resilver, finished',
    `resilvered 18K in 00:00:10 with 0 errors on ${on}`,
    { kind: 'resilver', state: 'finished', start: at - 10, done: 18_432 },
  ],
  [
    'rebuild, finished',
    `resilvered (mirror-0) 28.8M in 00:00:15 with 0 errors on ${on}`,
    { kind: 'rebuild', vdev: 'mirror-0', start: undefined, end: at },
  ],
  [
    'rebuild of a draid',
    `resilvered (draid1:2d:5c:1s-0) 1G in 00:00:15 with 0 errors on ${on}`,
    { kind: 'rebuild', vdev: 'draid1:2d:5c:1s-0', done: 2 ** 30 },
  ],
  ['scrub, cancelled', `scrub canceled on ${on}`, { kind: 'scrub', state: 'cancelled', end: at, errors: undefined }],
  ['resilver, cancelled', `resilver canceled on ${on}`, { kind: 'resilver', state: 'cancelled', end: at }],
  [
    'rebuild, cancelled',
    `resilver (mirror-0) canceled on ${on}`,
    { kind: 'rebuild', state: 'cancelled', vdev: 'mirror-0' },
  ],
  [
    'scrub, running, 2.1',
    `scrub in progress since ${on}\n\t115M scanned at 28.8M/s, 22.5M issued at 5.6M/s, 115M total\n\t0B repaired, 19.57% done, 00:00:16 to go`,
    { kind: 'scrub', state: 'running', paused: false, start: at, issued: 23_592_960, total: 120_586_240, done: 0 },
  ],
  [
    'scrub, running, 2.2',
    `scrub in progress since ${on}\n\t143M / 150M scanned, 22.0M / 143M issued at 1.83M/s\n\t0B repaired, 15.37% done, no estimated completion time`,
    { issued: 23_068_672, total: 149_946_368, end: undefined },
  ],
  [
    'scrub, just begun',
    `scrub in progress since ${on}\n\t0B / 143M scanned, 0B / 143M issued\n\t0B repaired, 0.00% done, no estimated completion time`,
    { issued: 0, total: 149_946_368 },
  ],
  [
    'scrub, paused, 2.1',
    `scrub paused since ${on}\n\tscrub started on Sun Nov 22 08:46:00 2026\n\t0B scanned, 1K issued, 115M total\n\t0B repaired, 0.00% done`,
    { state: 'running', paused: true, start: at - 60, issued: 1024, total: 120_586_240 },
  ],
  [
    'scrub, paused, 2.2',
    `scrub paused since ${on}\n\tscrub started on Sun Nov 22 08:46:00 2026\n\t0B / 143M scanned, 0B / 143M issued\n\t0B repaired, 0.00% done`,
    { paused: true, start: at - 60 },
  ],
  [
    'resilver, running',
    `resilver in progress since ${on}\n\t1.21T / 2.4T scanned at 1G/s, 600G / 2T issued at 500M/s\n\t300G resilvered, 29.30% done, 00:49:00 to go`,
    { kind: 'resilver', state: 'running', done: 322_122_547_200, total: 2_199_023_255_552 },
  ],
  [
    'rebuild, running, 2.1 says "issued" without "at"',
    `resilver (mirror-0) in progress since ${on}\n\t1M scanned at 1M/s, 2M issued 2M/s, 3M total\n\t4M resilvered, 33.00% done, no estimated completion time`,
    { kind: 'rebuild', vdev: 'mirror-0', issued: 2_097_152, total: 3_145_728, done: 4_194_304 },
  ],
  [
    'error scrub, finished',
    `scrubbed 4 error blocks in 0 days 00:00:02 on ${on}`,
    { kind: 'error scrub', state: 'finished', start: at - 2, end: at, done: 4 },
  ],
  ['error scrub, cancelled', `error scrub canceled on ${on}`, { kind: 'error scrub', state: 'cancelled', end: at }],
  [
    'error scrub, running',
    `error scrub in progress since ${on}\n\t50.00% done, issued I/O for 12 error blocks`,
    { kind: 'error scrub', state: 'running', done: 12 },
  ],
  [
    'error scrub, paused',
    `error scrub paused since ${on}\n\terror scrub started on Sun Nov 22 08:46:00 2026\n\t50.00% done, issued I/O for 12 error blocks`,
    { kind: 'error scrub', paused: true, start: at - 60 },
  ],
])('%s', (_name, line, expected) => {
  expect(parseScan(line, 'test')).toMatchObject(expected);
});

test('never requested', () => expect(parseScan('none requested', 'test')).toBeUndefined());

test.each([
  ['something new', 'frobnicated 1K on Monday', 'a scan line, got "frobnicated 1K on Monday"'],
  ['a size without a number', `scrub repaired lots in 00:00:01 with 0 errors on ${on}`, 'a size, got "lots"'],
  [
    'a date of another locale',
    'scrub canceled on So 22 Nov 2026 08:47:00 CET',
    'a date, got "So 22 Nov 2026 08:47:00 CET"',
  ],
  ['the duration of ZFS 0.8', `scrub repaired 0B in 5h4m with 0 errors on ${on}`, 'a duration, got "5h4m"'],
])('%s is refused', (_name, line, message) => {
  expect(() => parseScan(line, 'pool tank')).toThrow(`Cannot parse pool tank, scan: expected ${message}`);
});
