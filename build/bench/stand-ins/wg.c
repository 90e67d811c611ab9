#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine.h"

static void print_key(uint64_t id)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (int i = 0; i < 42; i++)
		putchar(digits[mixed(id * 64 + (uint64_t)i) % 64]);
	fputs("A=", stdout);
}

int wg(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[2], "interfaces"))
		return puts("wg0") < 0;
	if (argc != 4 || strcmp(argv[1], "show") || strcmp(argv[2], "all") || strcmp(argv[3], "dump"))
		usage();
	fputs("wg0\tAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\t", stdout);
	print_key(0);
	fputs("\t51820\toff\n", stdout);
	for (long i = 1; i <= sizes.peers; i++) {
		fputs("wg0\t", stdout);
		print_key((uint64_t)i);
		printf("\t(none)\t198.51.100.%ld:%ld\t10.%ld.%ld.%ld/32\t%ld\t%" PRIu64 "\t%" PRIu64 "\t25\n", i % 250, 1024 + i % 60000,
		       64 + (i >> 16), i >> 8 & 255, i & 255, BASE + i % 100, mixed((uint64_t)i) >> 24,
		       mixed((uint64_t)i + 7) >> 24);
	}
	return 0;
}
