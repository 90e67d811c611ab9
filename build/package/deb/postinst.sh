#!/bin/sh
set -e

@FUNCTIONS@
case $1 in
  configure | abort-upgrade | abort-deconfigure | abort-remove)
    systemd-sysusers textfile-collectors.conf
    settle_directory
    for timer in @TIMERS@; do
      deb-systemd-helper unmask "$timer" >/dev/null || true
      if deb-systemd-helper --quiet was-enabled "$timer"; then
        deb-systemd-helper enable "$timer" >/dev/null || true
      else
        deb-systemd-helper update-state "$timer" >/dev/null || true
      fi
    done
    if [ -d /run/systemd/system ]; then
      systemctl --system daemon-reload >/dev/null || true
      if [ -n "$2" ]; then action=restart; else action=start; fi
      deb-systemd-invoke "$action" @TIMERS@ >/dev/null || true
    fi
    ;;
esac
