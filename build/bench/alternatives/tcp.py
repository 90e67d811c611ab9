#!/usr/bin/env python3
"""Accept queues, and sockets by state and port, from ss."""
import collections
import os
import subprocess
import sys


def rows(*command):
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield from (line.split() for line in process.stdout)
    if process.returncode != 0:
        sys.exit(f'{command[0]}: exit status {process.returncode}')


lines = []
listening = set()
for _, queue, limit, local, *_ in rows('ss', '-ltnH'):
    address, _, port = local.rpartition(':')
    listening.add(port)
    lines += [f'tcp_listen_queue{{address="{address}",port="{port}"}} {queue}',
              f'tcp_listen_queue_limit{{address="{address}",port="{port}"}} {limit}']
states = collections.Counter()
ports = collections.Counter()
for state, _, _, local, peer, *_ in rows('ss', '-tanHO'):
    states[state] += 1
    here, there = local.rpartition(':')[2], peer.rpartition(':')[2]
    ports[(state, 'inbound', here) if here in listening else (state, 'outbound', there)] += 1
lines += [f'tcp_sockets{{state="{state}"}} {count}' for state, count in states.items()]
for (state, direction, port), count in ports.most_common(200):
    if state == 'ESTAB':
        lines.append(f'tcp_connection_count{{port="{port}",direction="{direction}"}} {count}')
    else:
        lines.append(f'tcp_port_sockets{{port="{port}",direction="{direction}",state="{state}"}} {count}')
with open(sys.argv[1] + '.tmp', 'w') as file:
    file.write('\n'.join(lines) + '\n')
os.replace(sys.argv[1] + '.tmp', sys.argv[1])
