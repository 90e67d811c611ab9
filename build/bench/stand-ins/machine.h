/* What the tools of the made-up machine have in common. */
#include <inttypes.h>
#include <stdbool.h>

enum { BASE = 1790000000, LISTENERS = 10 };

struct sizes {
	long datasets, snapshots, sockets, peers;
};
extern struct sizes sizes;
extern const char *const pools[2];

int zfs(int argc, char **argv);
int zpool(int argc, char **argv);
int wg(int argc, char **argv);
int ss(int argc, char **argv);
int sockstat(bool ipv6);

/* `zfs version`, and `zpool version`. */
int version(void);

/* Ends with exit status 2. */
_Noreturn void usage(void);

/* A number that looks like a random one and is always the same. */
uint64_t mixed(uint64_t x);

/* Whether a word is one of those between blanks. */
bool one_of(const char *word, const char *words);

/* The words between commas, and how many they are. */
int split(const char *list, char **words, int room);
