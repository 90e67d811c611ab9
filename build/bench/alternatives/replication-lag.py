#!/usr/bin/env python3
"""How far backup/data is behind tank/data, by the newest snapshot whose guid is on both sides."""
import os
import subprocess
import sys

SOURCE, TARGET = 'tank/data', 'backup/data'


def snapshots(root):
    command = ['zfs', 'list', '-Hp', '-t', 'snapshot', '-o', 'name,guid,creation', '-r', root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        found = {}
        for line in process.stdout:
            name, guid, creation = line.rstrip('\n').split('\t')
            found.setdefault(name.partition('@')[0][len(root):], {})[guid] = int(creation)
    if process.returncode != 0:
        sys.exit(f'zfs: exit status {process.returncode}')
    return found


lines = []
copies = snapshots(TARGET)
for below, source in snapshots(SOURCE).items():
    common = source.keys() & copies.get(below, {}).keys()
    newest = max((source[guid] for guid in common), default=None)
    labels = f'dataset="{SOURCE}{below}",target="{TARGET}{below}"'
    if newest is not None:
        lines.append(f'zfs_last_replication_timestamp{{{labels}}} {newest}')
    lines.append(f'zfs_replication_pending_snapshots{{{labels}}} {sum(1 for at in source.values() if at > (newest or 0))}')
with open(sys.argv[1] + '.tmp', 'w') as file:
    file.write('\n'.join(lines) + '\n')
os.replace(sys.argv[1] + '.tmp', sys.argv[1])
