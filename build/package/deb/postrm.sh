#!/bin/sh
set -e

@FUNCTIONS@
if [ "$1" = remove ]; then
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
  delete_textfiles
fi
if [ "$1" = purge ]; then
  if command -v deb-systemd-helper >/dev/null; then deb-systemd-helper purge @TIMERS@ @SERVICES@ >/dev/null || true; fi
  delete_settings_and_state
fi
