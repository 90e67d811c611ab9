#!/bin/sh
# What guides show: a question to zfs for each property of each dataset.
set -eu
{
	echo '# TYPE zfs_dataset_used_bytes gauge'
	echo '# TYPE zfs_dataset_available_bytes gauge'
	for dataset in $(zfs list -H -o name); do
		echo "zfs_dataset_used_bytes{dataset=\"$dataset\"} $(zfs get -Hp -o value used "$dataset")"
		echo "zfs_dataset_available_bytes{dataset=\"$dataset\"} $(zfs get -Hp -o value available "$dataset")"
	done
	echo '# TYPE zfs_snapshot_count gauge'
	for pool in $(zpool list -H -o name); do
		echo "zfs_snapshot_count{pool=\"$pool\"} $(zfs list -H -t snapshot -o name -r "$pool" | wc -l)"
	done
} >"$1.tmp"
mv "$1.tmp" "$1"
