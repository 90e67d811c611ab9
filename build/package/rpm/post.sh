@FUNCTIONS@
systemd-sysusers textfile-collectors.conf || :
settle_directory
systemctl daemon-reload >/dev/null 2>&1 || :
if [ "$1" -eq 1 ]; then
  systemctl --no-reload preset @TIMERS@ >/dev/null 2>&1 || :
  for timer in @TIMERS@; do
    if [ -d /run/systemd/system ] && systemctl is-enabled --quiet "$timer"; then systemctl start "$timer" || :; fi
  done
fi
