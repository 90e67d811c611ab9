#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine.h"

/* A dataset by its place in its pool (0: its root, 1: data, others below that), or one of its snapshots. */
struct dataset {
	int pool;
	long index;
	long snapshot; /* 0: the dataset itself */
};

static long per_pool(void)
{
	return sizes.datasets / 2;
}

static long first_snapshot(struct dataset one)
{
	return one.pool == 1 && one.index % 10 == 9 ? 0 : 1;
}

static void print_name(struct dataset one)
{
	fputs(pools[one.pool], stdout);
	if (one.index == 1)
		fputs("/data", stdout);
	if (one.index > 1)
		printf("/data/d%05ld", one.index);
	if (one.snapshot >= 0)
		printf("@autosnap_%07ld_hourly", one.snapshot);
}

static bool find(const char *name, struct dataset *found)
{
	for (found->pool = 0; found->pool < 2; found->pool++) {
		size_t length = strlen(pools[found->pool]);
		const char *rest = name + length;

		if (strncmp(name, pools[found->pool], length) || (*rest && *rest != '/' && *rest != '@'))
			continue;
		found->index = strncmp(rest, "/data", 5) ? 0 : 1;
		rest += found->index * 5;
		if (!strncmp(rest, "/d", 2))
			found->index = strtol(rest + 2, (char **)&rest, 10);
		found->snapshot = -1;
		if (!strncmp(rest, "@autosnap_", 10))
			found->snapshot = strtol(rest + 10, NULL, 10);
		return found->index < per_pool() && (!*rest || *rest == '@');
	}
	return false;
}

static const char *const sizes_of_dataset =
	"used available avail referenced refer logicalused lused logicalreferenced lrefer usedbysnapshots usedsnap "
	"usedbydataset usedds usedbychildren usedchild usedbyrefreservation written";

/* What is not known here is `-`, as what does not apply. */
static void print_property(struct dataset one, const char *property)
{
	uint64_t id = mixed(((uint64_t)one.index << 32) + (uint64_t)(one.snapshot + 1));

	if (!strcmp(property, "name"))
		print_name(one);
	else if (!strcmp(property, "guid")) /* a snapshot keeps it where it is received */
		printf("%" PRIu64, one.snapshot < 0 ? mixed(id + (uint64_t)one.pool) : id);
	else if (!strcmp(property, "creation"))
		printf("%ld", BASE + (one.snapshot - sizes.snapshots / sizes.datasets) * 3600);
	else if (!strcmp(property, "createtxg"))
		printf("%ld", 100 + one.snapshot * 12);
	else if (one_of(property, sizes_of_dataset))
		printf("%" PRIu64, mixed(id + (uint64_t)property[0]) >> (one.snapshot < 0 ? 24 : 40));
	else if (!strcmp(property, "type"))
		fputs(one.snapshot < 0 ? "filesystem" : "snapshot", stdout);
	else if (one.snapshot >= 0)
		putchar('-');
	else if (one_of(property, "quota refquota reservation refreservation"))
		putchar('0');
	else if (one_of(property, "compressratio refcompressratio"))
		fputs("1.42", stdout);
	else if (!strcmp(property, "snapshots_changed"))
		printf("%d", BASE);
	else if (!strcmp(property, "mountpoint"))
		putchar('/'), print_name(one);
	else if (!strcmp(property, "recordsize"))
		fputs("131072", stdout);
	else if (!strcmp(property, "mounted"))
		fputs("yes", stdout);
	else if (one_of(property, "readonly encryption dedup"))
		fputs("off", stdout);
	else
		putchar('-');
}

struct listing {
	char *columns[64];
	int count;
	bool of_datasets, of_snapshots;
	int depth;
};

static void print_row(const struct listing *listing, struct dataset one)
{
	for (int i = 0; i < listing->count; i++) {
		if (i)
			putchar('\t');
		print_property(one, listing->columns[i]);
	}
	putchar('\n');
}

/* A dataset that is `depth` below the one that was named, with its snapshots one deeper. */
static void print_dataset(const struct listing *listing, struct dataset one, int depth)
{
	long first = first_snapshot(one);

	one.snapshot = -1;
	if (listing->of_datasets && depth <= listing->depth)
		print_row(listing, one);
	if (listing->of_snapshots && depth + 1 <= listing->depth)
		for (one.snapshot = first; one.snapshot < first + sizes.snapshots / sizes.datasets; one.snapshot++)
			print_row(listing, one);
}

static void print_tree(const struct listing *listing, struct dataset top)
{
	int depth = top.index < 2 ? (int)top.index : 2;

	print_dataset(listing, top, 0);
	if (top.index < 2)
		for (top.index++; top.index < per_pool(); top.index++)
			print_dataset(listing, top, (top.index < 2 ? (int)top.index : 2) - depth);
}

static int zfs_list(int argc, char **argv)
{
	struct listing listing = { .of_datasets = true, .depth = -1 };
	const char *columns = "name,used,avail,refer,mountpoint";
	int option, failed = 0;

	while ((option = getopt(argc, argv, "Hprd:t:o:s:S:")) != -1) {
		if (option == 'o')
			columns = optarg;
		if (option == 'd')
			listing.depth = atoi(optarg);
		if (option == 'r')
			listing.depth = 99;
		if (option == 't') {
			listing.of_snapshots = strstr(optarg, "snap") || !strcmp(optarg, "all");
			listing.of_datasets = strstr(optarg, "filesystem") || !strcmp(optarg, "all");
		}
		if (option == '?')
			usage();
	}
	listing.count = split(columns, listing.columns, 64);
	if (listing.depth < 0)
		listing.depth = optind == argc ? 99 : listing.of_snapshots;
	for (int pool = 0; pool < 2 && optind == argc; pool++)
		print_tree(&listing, (struct dataset){ .pool = pool });
	for (; optind < argc; optind++) {
		struct dataset named;

		if (find(argv[optind], &named))
			print_tree(&listing, named);
		else
			failed = fprintf(stderr, "cannot open '%s': dataset does not exist\n", argv[optind]);
	}
	return failed > 0;
}

/* Nothing is set locally or received here: with -s there is no answer. */
static int zfs_get(int argc, char **argv)
{
	char *fields[8], *properties[64];
	const char *wanted = "name,property,value,source";
	int option, count, fieldc, failed = 0;
	bool none = false;

	while ((option = getopt(argc, argv, "Hpo:s:t:rd:")) != -1) {
		if (option == 'o')
			wanted = optarg;
		if (option == 's')
			none = true;
		if (option == '?')
			usage();
	}
	if (none)
		return 0;
	if (optind + 1 >= argc)
		usage();
	fieldc = split(wanted, fields, 8);
	count = split(argv[optind], properties, 64);
	while (++optind < argc) {
		struct dataset one;

		if (!find(argv[optind], &one)) {
			failed = fprintf(stderr, "cannot open '%s': dataset does not exist\n", argv[optind]);
			continue;
		}
		for (int i = 0; i < count * fieldc; i++) {
			const char *field = fields[i % fieldc];

			if (!strcmp(field, "name"))
				print_name(one);
			else if (!strcmp(field, "property"))
				fputs(properties[i / fieldc], stdout);
			else if (!strcmp(field, "value"))
				print_property(one, properties[i / fieldc]);
			else
				putchar('-');
			putchar(i % fieldc == fieldc - 1 ? '\n' : '\t');
		}
	}
	return failed > 0;
}

int zfs(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "list"))
		return zfs_list(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "get"))
		return zfs_get(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "version"))
		return version();
	usage();
}
