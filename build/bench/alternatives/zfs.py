#!/usr/bin/env python3
"""Pools, vdevs, datasets and snapshots of ZFS, a question for all datasets at once."""
import json
import os
import subprocess
import sys

COLUMNS = ('name type used available referenced logicalused usedbysnapshots usedbydataset usedbychildren written quota '
           'refquota reservation refreservation compressratio mounted readonly snapshots_changed mountpoint').split()


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def rows(*command):
    return [line.split('\t') for line in run(*command).splitlines()]


def vdevs(group):
    for vdev in group.values():
        yield vdev
        yield from vdevs(vdev.get('vdevs', {}))


lines = []
for name, size, allocated, free, health in rows('zpool', 'list', '-Hp', '-o', 'name,size,allocated,free,health'):
    lines += [f'zfs_pool_size_bytes{{pool="{name}"}} {size}', f'zfs_pool_allocated_bytes{{pool="{name}"}} {allocated}',
              f'zfs_pool_free_bytes{{pool="{name}"}} {free}', f'zfs_pool_online{{pool="{name}"}} {int(health == "ONLINE")}']
for pool in json.loads(run('zpool', 'status', '-j', '-p'))['pools'].values():
    for vdev in vdevs(pool['vdevs']):
        for kind in ('read', 'write', 'checksum'):
            lines.append(f'zfs_vdev_errors{{pool="{pool["name"]}",vdev="{vdev["name"]}",type="{kind}"}} {vdev[kind + "_errors"]}')
for row in rows('zfs', 'list', '-Hp', '-t', 'filesystem,volume', '-o', ','.join(COLUMNS)):
    for column, value in zip(COLUMNS[2:-1], row[2:-1]):
        if value.replace('.', '', 1).isdigit():
            lines.append(f'zfs_dataset_{column}_bytes{{dataset="{row[0]}"}} {value}')
snapshots = {}
for name, creation in rows('zfs', 'list', '-Hp', '-t', 'snapshot', '-o', 'name,creation'):
    dataset = name.partition('@')[0]
    count, newest = snapshots.get(dataset, (0, 0))
    snapshots[dataset] = count + 1, max(newest, int(creation))
for dataset, (count, newest) in snapshots.items():
    lines += [f'zfs_dataset_snapshots{{dataset="{dataset}"}} {count}',
              f'zfs_dataset_newest_snapshot_timestamp_seconds{{dataset="{dataset}"}} {newest}']
with open(sys.argv[1] + '.tmp', 'w') as file:
    file.write('\n'.join(lines) + '\n')
os.replace(sys.argv[1] + '.tmp', sys.argv[1])
