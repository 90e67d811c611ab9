/*
 * Answers as zfs, zpool, wg or ss, after whichever name it is started under, for a made-up machine of any size.
 *
 * The sizes stand in the file `sizes` beside it, one "word number" a line: the environment will not do, since collectors hand
 * on none. Where there is a file `log` beside it, too, it notes how it was called: words between NULs, a newline at the end.
 *
 * Half of the datasets are in the pool tank and half in backup, which is a replica of tank; in every tenth dataset it is one
 * snapshot behind. What these tools would not know here ends with exit status 2, as a wrong option does with the real ones.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "machine.h"

struct sizes sizes = { .datasets = 20, .snapshots = 200, .sockets = 200, .peers = 10 };
const char *const pools[2] = { "tank", "backup" };

void usage(void)
{
	fputs("invalid option or command\nusage: as in the manual page, of which this stand-in knows a part\n", stderr);
	exit(2);
}

uint64_t mixed(uint64_t x)
{
	x = (x + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 31)) * 0x94d049bb133111eb;
	return x ^ (x >> 29);
}

bool one_of(const char *word, const char *words)
{
	size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

int split(const char *list, char **words, int room)
{
	int count = 0;

	for (char *word = strtok(strdup(list), ","); word && count < room; word = strtok(NULL, ","))
		words[count++] = word;
	return count;
}

int version(void)
{
	puts("zfs-2.3.9-1\nzfs-kmod-2.3.9-1");
	return 0;
}

static void read_sizes(const char *folder)
{
	const struct {
		const char *word;
		long *number;
	} all[] = {
		{ "datasets", &sizes.datasets },
		{ "snapshots", &sizes.snapshots },
		{ "sockets", &sizes.sockets },
		{ "peers", &sizes.peers },
	};
	char file[4096], word[32];
	long number;
	FILE *stream;

	snprintf(file, sizeof file, "%s/sizes", folder);
	stream = fopen(file, "r");
	while (stream && fscanf(stream, "%31s %ld", word, &number) == 2)
		for (size_t i = 0; i < sizeof all / sizeof *all; i++)
			if (!strcmp(word, all[i].word))
				*all[i].number = number;
}

/* In one write, since several may be at it. */
static void note(const char *folder, int argc, char **argv, const char *tool)
{
	char file[4096];
	int descriptor;
	FILE *log;

	snprintf(file, sizeof file, "%s/log", folder);
	descriptor = open(file, O_WRONLY | O_APPEND);
	if (descriptor < 0)
		return;
	log = fdopen(descriptor, "w");
	setvbuf(log, NULL, _IOFBF, 1 << 20);
	fputs(tool, log);
	for (int i = 1; i < argc; i++)
		putc('\0', log), fputs(argv[i], log);
	putc('\n', log);
	fclose(log);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 16];
	char folder[4096] = "";
	const char *tool = basename(argv[0]);

	if (readlink("/proc/self/exe", folder, sizeof folder - 1) < 0)
		return 1;
	*strrchr(folder, '/') = '\0';
	read_sizes(folder);
	note(folder, argc, argv, tool);
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	if (!strcmp(tool, "zfs"))
		return zfs(argc, argv);
	if (!strcmp(tool, "zpool"))
		return zpool(argc, argv);
	if (!strcmp(tool, "wg"))
		return wg(argc, argv);
	if (!strcmp(tool, "ss"))
		return ss(argc, argv);
	if (!strcmp(tool, "sockstat") || !strcmp(tool, "sockstat6"))
		return sockstat(!strcmp(tool, "sockstat6"));
	usage();
}
