#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine.h"

/* The first listen, over both families. Of the others one in four has IPv6, one in ten is in TIME-WAIT. */
static bool has_ipv6(long i)
{
	return i < LISTENERS ? i % 2 : i % 4 == 3;
}

static const char *state_of(long i)
{
	if (i < LISTENERS)
		return "LISTEN";
	return i % 10 == 0 ? "TIME-WAIT" : i % 25 == 1 ? "CLOSE-WAIT" : "ESTAB";
}

static void print_socket(long i, bool info, bool cgroup)
{
	static const int services[] = { 22, 80, 443, 5432, 9100 };
	long ephemeral = 32768 + i % 28232, service = services[i / 2 % 5];
	char here[32], there[48], peer[32];

	strcpy(here, has_ipv6(i) ? "[2001:db8::1]" : "192.0.2.10");
	sprintf(there, has_ipv6(i) ? "[2001:db8::%lx:%lx]" : "10.%ld.%ld.7", i >> 8 & 255, i & 255);
	if (i < LISTENERS)
		strcpy(here, has_ipv6(i) ? "[::]" : "0.0.0.0"), strcpy(there, here);
	sprintf(peer, "%ld", i % 2 ? service : ephemeral);
	printf("%-10s %-6d %-6d %26s:%-5ld %26s:%-5s", state_of(i), 0, i < LISTENERS ? 511 : 0, here,
	       i < LISTENERS || i % 2 == 0 ? service : ephemeral, there, i < LISTENERS ? "*" : peer);
	if (info && i >= LISTENERS)
		fputs(" cubic wscale:7,7 rto:204 rtt:0.481/0.213 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_sent:2048 "
		      "bytes_retrans:64 bytes_acked:1984 segs_out:12 segs_in:11 retrans:0/1 rcv_space:14600 minrtt:0.2", stdout);
	if (cgroup)
		fputs(" cgroup:/system.slice/nginx.service", stdout);
	putchar('\n');
}

int ss(int argc, char **argv)
{
	static const struct option longs[] = { { "cgroup", no_argument, NULL, 'c' }, { NULL, 0, NULL, 0 } };
	bool all = false, listening = false, info = false, cgroup = false;
	int option;

	while ((option = getopt_long(argc, argv, "tnHOalioem", longs, NULL)) != -1) {
		all |= option == 'a';
		listening |= option == 'l';
		info |= option == 'i';
		cgroup |= option == 'c';
		if (option == '?')
			usage();
	}
	if (optind < argc)
		usage();
	for (long i = all || listening ? 0 : LISTENERS; i < (listening ? LISTENERS : sizes.sockets); i++)
		print_socket(i, info, cgroup);
	return 0;
}

/* What the kernel counts of the same sockets: /proc/net/sockstat, or sockstat6. */
int sockstat(bool ipv6)
{
	long inuse = 0, waiting = 0;

	for (long i = 0; i < sizes.sockets; i++) {
		bool waits = !strcmp(state_of(i), "TIME-WAIT");

		inuse += has_ipv6(i) == ipv6 && !waits;
		waiting += waits;
	}
	if (ipv6)
		printf("TCP6: inuse %ld\n", inuse);
	else
		printf("sockets: used %ld\nTCP: inuse %ld orphan 0 tw %ld alloc %ld mem 4\n", sizes.sockets, inuse, waiting, sizes.sockets);
	return 0;
}
