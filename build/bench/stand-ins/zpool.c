#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine.h"

static void print_pool_property(int pool, const char *property)
{
	if (!strcmp(property, "name"))
		fputs(pools[pool], stdout);
	else if (!strcmp(property, "guid"))
		printf("%" PRIu64, mixed((uint64_t)pool));
	else if (!strcmp(property, "health"))
		fputs("ONLINE", stdout);
	else if (!strcmp(property, "readonly"))
		fputs("off", stdout);
	else if (!strcmp(property, "size"))
		fputs("8796093022208", stdout);
	else if (one_of(property, "allocated alloc free"))
		fputs("4398046511104", stdout);
	else if (one_of(property, "fragmentation frag capacity cap"))
		fputs("50", stdout);
	else if (one_of(property, "dedupratio dedup"))
		fputs("1.00", stdout);
	else if (one_of(property, "freeing leaked"))
		putchar('0');
	else
		putchar('-');
}

/* Two mirrors of two disks, by their place: 0 the first mirror, 1 and 2 its disks, 3 the second, … */
static void name_vdev(int pool, int vdev, char *name)
{
	if (vdev % 3 == 0)
		sprintf(name, "mirror-%d", vdev / 3);
	else
		sprintf(name, "/dev/disk/by-id/wwn-0x5000c500%d%d%d-part1", pool, vdev / 3, vdev % 3);
}

static void print_vdev_property(const char *name, const char *property)
{
	if (!strcmp(property, "name"))
		printf("\t%s", name);
	else if (one_of(property, "guid freeing leaked dedupratio dedup altroot"))
		putchar('-');
	else
		print_pool_property(0, property);
}

static int zpool_list(int argc, char **argv)
{
	char *columns[64], name[64];
	const char *wanted = "name,size,alloc,free,ckpoint,expandsz,frag,cap,dedup,health,altroot";
	int option, count;
	bool vdevs = false;

	while ((option = getopt(argc, argv, "HpPvo:")) != -1) {
		if (option == 'o')
			wanted = optarg;
		vdevs |= option == 'v';
		if (option == '?')
			usage();
	}
	count = split(wanted, columns, 64);
	for (int pool = 0; pool < 2; pool++)
		for (int vdev = -1; vdev < (vdevs ? 6 : 0); vdev++)
			for (int i = 0; i < count; i++) {
				name_vdev(pool, vdev, name);
				if (vdev < 0)
					print_pool_property(pool, columns[i]);
				else
					print_vdev_property(name, columns[i]);
				putchar(i == count - 1 ? '\n' : '\t');
			}
	return 0;
}

/* With -w only: histograms of latencies. */
static int zpool_iostat(int argc, char **argv)
{
	char name[64];
	bool histograms = false, vdevs = false;
	int option;

	while ((option = getopt(argc, argv, "HpPvw")) != -1) {
		histograms |= option == 'w';
		vdevs |= option == 'v';
		if (option == '?')
			usage();
	}
	if (!histograms)
		usage();
	for (int pool = 0; pool < 2; pool++)
		for (int vdev = -1; vdev < (vdevs ? 6 : 0); vdev++) {
			name_vdev(pool, vdev, name);
			printf("\n%s\n", vdev < 0 ? pools[pool] : name);
			for (int bucket = 1; bucket <= 37; bucket++) {
				printf("%" PRIu64, ((uint64_t)1 << bucket) - 1);
				for (int column = 1; column < 12; column++)
					printf("\t%" PRIu64, bucket < 15 ? (uint64_t)0 : mixed((uint64_t)(bucket * 12 + column)) >> 44);
				putchar('\n');
			}
		}
	return 0;
}

static void print_vdev(const char *name, const char *type, int id, bool leaf)
{
	printf("\"%s\":{\"name\":\"%s\",\"vdev_type\":\"%s\",\"guid\":\"%" PRIu64 "\",\"class\":\"normal\",\"state\":\"ONLINE\","
	       "\"alloc_space\":\"1\",\"total_space\":\"2\",\"read_errors\":\"0\",\"write_errors\":\"0\",\"checksum_errors\":\"0\"",
	       name, name, type, mixed((uint64_t)id));
	if (leaf)
		printf(",\"path\":\"%s\",\"slow_ios\":\"0\",\"trim_state\":\"UNTRIMMED\",\"trim_notsup\":\"0\"}", name);
	else
		fputs(",\"vdevs\":{", stdout);
}

/* Two mirrors of two disks in each pool, and a scrub that found nothing. In JSON only. */
static int zpool_status(int argc, char **argv)
{
	bool json = false;
	int option;

	while ((option = getopt(argc, argv, "jptPsvdD")) != -1) {
		json |= option == 'j';
		if (option == '?')
			usage();
	}
	if (!json)
		usage();
	fputs("{\"output_version\":{\"command\":\"zpool status\",\"vers_major\":0,\"vers_minor\":1},\"pools\":{", stdout);
	for (int pool = 0; pool < 2; pool++) {
		printf("%s\"%s\":{\"name\":\"%s\",\"state\":\"ONLINE\",\"pool_guid\":\"%" PRIu64 "\",\"txg\":\"4\",", pool ? "," : "",
		       pools[pool], pools[pool], mixed((uint64_t)pool));
		printf("\"scan_stats\":{\"function\":\"SCRUB\",\"state\":\"FINISHED\",\"start_time\":\"%d\",\"end_time\":\"%d\","
		       "\"to_examine\":\"4\",\"examined\":\"4\",\"skipped\":\"0\",\"processed\":\"0\",\"errors\":\"0\",\"issued\":\"4\"},\"vdevs\":{",
		       BASE - 7200, BASE - 3600);
		print_vdev(pools[pool], "root", pool, false);
		for (int vdev = 0; vdev < 6; vdev++) {
			char name[64];

			name_vdev(pool, vdev, name);
			fputs(vdev % 3 == 1 ? "" : vdev == 3 ? "}}," : vdev ? "," : "", stdout);
			print_vdev(name, vdev % 3 ? "disk" : "mirror", 10 + pool * 6 + vdev, vdev % 3 > 0);
		}
		fputs("}}}}},\"error_count\":\"0\"}", stdout);
	}
	puts("}}");
	return 0;
}

int zpool(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "list"))
		return zpool_list(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "iostat"))
		return zpool_iostat(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "status"))
		return zpool_status(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "version"))
		return version();
	usage();
}
