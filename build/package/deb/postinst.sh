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
    for service in @SERVICES@; do
      if deb-systemd-helper debian-installed "$service"; then
        deb-systemd-helper unmask "$service" >/dev/null || true
        if deb-systemd-helper --quiet was-enabled "$service"; then
          deb-systemd-helper enable "$service" >/dev/null || true
        fi
      fi
      deb-systemd-helper update-state "$service" >/dev/null || true
    done
    if [ -d /run/systemd/system ]; then
      systemctl --system daemon-reload >/dev/null || true
      if [ -n "$2" ]; then action=restart; else action=start; fi
      deb-systemd-invoke "$action" @TIMERS@ >/dev/null || true
      for service in @SERVICES@; do systemctl --system try-restart "$service" >/dev/null || true; done
    fi
    ;;
esac
