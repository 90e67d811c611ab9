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

static int zpool_list(int argc, char **argv)
{
	char *columns[64];
	const char *wanted = "name,size,alloc,free,ckpoint,expandsz,frag,cap,dedup,health,altroot";
	int option, count;

	while ((option = getopt(argc, argv, "Hpo:")) != -1) {
		if (option == 'o')
			wanted = optarg;
		if (option == '?')
			usage();
	}
	count = split(wanted, columns, 64);
	for (int pool = 0; pool < 2; pool++)
		for (int i = 0; i < count; i++) {
			print_pool_property(pool, columns[i]);
			putchar(i == count - 1 ? '\n' : '\t');
		}
	return 0;
}

static void print_vdev(const char *name, const char *type, int id, bool leaf)
{
	printf("\"%s\":{\"name\":\"%s\",\"vdev_type\":\"%s\",\"guid\":\"%" PRIu64 "\",\"class\":\"normal\",\"state\":\"ONLINE\","
	       "\"alloc_space\":\"1\",\"total_space\":\"2\",\"read_errors\":\"0\",\"write_errors\":\"0\",\"checksum_errors\":\"0\"",
	       name, name, type, mixed((uint64_t)id));
	if (leaf)
		printf(",\"path\":\"/dev/disk/by-id/%s-part1\",\"slow_ios\":\"0\",\"trim_state\":\"UNTRIMMED\",\"trim_notsup\":\"0\"}", name);
	else
		fputs(",\"vdevs\":{", stdout);
}

/* Two mirrors of two disks in each pool, and a scrub that found nothing. In JSON only. */
static int zpool_status(int argc, char **argv)
{
	bool json = false;
	int option;

	while ((option = getopt(argc, argv, "jptPsv")) != -1) {
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
		for (int mirror = 0; mirror < 2; mirror++) {
			char name[32];

			sprintf(name, "mirror-%d", mirror);
			fputs(mirror ? "," : "", stdout);
			print_vdev(name, "mirror", 10 + pool * 2 + mirror, false);
			for (int disk = 0; disk < 2; disk++) {
				sprintf(name, "wwn-0x5000c500%d%d%d", pool, mirror, disk);
				fputs(disk ? "," : "", stdout);
				print_vdev(name, "disk", 100 + pool * 4 + mirror * 2 + disk, true);
			}
			fputs("}}", stdout);
		}
		fputs("}}},\"error_count\":\"0\"}", stdout);
	}
	puts("}}");
	return 0;
}

int zpool(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "list"))
		return zpool_list(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "status"))
		return zpool_status(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "version"))
		return version();
	usage();
}
