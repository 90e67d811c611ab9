@FUNCTIONS@
systemctl daemon-reload >/dev/null 2>&1 || :
if [ "$1" -eq 0 ]; then
  delete_settings_and_state
else
  systemctl try-restart @RUNNING_TIMERS@ @SERVICES@ >/dev/null 2>&1 || :
fi
