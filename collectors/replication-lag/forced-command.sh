#!/bin/sh
# Lets the collector replication-lag of another machine list datasets and snapshots here by ssh, and do nothing else.
# In ~/.ssh/authorized_keys of any user that may read and write /dev/zfs (sshd(8), AUTHORIZED_KEYS FILE FORMAT):
#
#   restrict,command="/usr/lib/textfile-collectors/replication-lag-forced-command tank/backup" ssh-ed25519 AAAA... node1
#
# The arguments are datasets, one at least: only they and what is below them may be listed. A pool stands for all of it.
set -fu
LC_ALL=C
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

refuse() {
  printf '%s\n' "Cannot run a command for replication-lag: expected one of its listings, got $1" >&2
  exit 126
}

# Whether a dataset, snapshot or bookmark lies within one of the datasets in $roots.
is_within() {
  for root in $roots; do
    case $1 in "$root" | "$root"/* | "$root"@* | "$root"#*) return 0 ;; esac
  done
  return 1
}

newline='
'
IFS=$newline
roots="$*"
[ "$#" -gt 0 ] || refuse 'no dataset in the command= of this key'
for root in "$@"; do
  [ -n "$root" ] || refuse 'an empty dataset in the command= of this key'
done

# The words come quoted for a shell, so a shell takes the quotes away; but only from what holds nothing that it would run,
# expand or redirect.
line=${SSH_ORIGINAL_COMMAND-}
case $line in
  '') refuse 'none: this key opens no shell' ;;
  *[!A-Za-z0-9_.:,@#/\'\ -]*) refuse 'one with other characters than names have' ;;
esac
(eval "set -- $line") 2>/dev/null || refuse 'one with a quote too few'
eval "set -- $line"

[ "$#" -gt 2 ] && [ "$1" = timeout ] || refuse "$line"
limit=$2
# timeout 0 is none, and a long one is as good as none: what hangs here has to end. The collector allows 3600 s at most.
case $limit in
  [1-9] | [1-9][0-9] | [1-9][0-9][0-9] | [12][0-9][0-9][0-9] | 3[0-5][0-9][0-9] | 3600) ;;
  *) refuse "$line" ;;
esac
shift 2

IFS='|'
case "$*" in
  'zfs|list|-Hp|-d|0|-o|name') fixed=7 ;;
  'zfs|list|-Hp|-t|filesystem,volume|-o|name,guid,creation,written,readonly,receive_resume_token,syncoid:sync|-r|'*) fixed=8 ;;
  'zfs|list|-Hp|-t|filesystem,volume|-o|name,guid,creation,written,readonly,receive_resume_token,syncoid:sync|-d|0|'*) fixed=9 ;;
  'zfs|list|-Hp|-t|snapshot,bookmark|-o|name,guid,createtxg|-r|'*) fixed=8 ;;
  'zfs|list|-Hp|-t|snapshot,bookmark|-o|name,guid,createtxg|-d|1|'*) fixed=9 ;;
  'zfs|list|-Hp|-t|snapshot,bookmark|-o|name,creation|-d|1|'*) fixed=9 ;;
  'zfs|get|-Hp|-o|name,property,value|creation,written|'*) fixed=6 ;;
  # What an interrupted receive has got, and what is still to come: a dry run, which shows what is in the token.
  'zfs|send|-nvt|'* | 'zfs|send|-nvPt|'*)
    [ "$#" -eq 4 ] || refuse "$line"
    case $4 in '' | *[!0-9a-f-]*) refuse "$line" ;; esac
    fixed=4
    ;;
  *) refuse "$line" ;;
esac

IFS=$newline
count=0
for word in "$@"; do
  count=$((count + 1))
  [ "$count" -gt "$fixed" ] || continue
  case $word in [A-Za-z]*) ;; *) refuse "$line" ;; esac
  is_within "$word" || refuse "$word, which this key may not list"
done
exec timeout "$limit" "$@"
