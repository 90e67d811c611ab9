@FUNCTIONS@
if [ "$1" -eq 0 ]; then
  systemctl --no-reload disable @TIMERS@ @SERVICES@ >/dev/null 2>&1 || :
  systemctl stop @UNITS@ >/dev/null 2>&1 || :
  delete_textfiles
fi
