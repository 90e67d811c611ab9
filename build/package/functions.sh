defaults=/etc/default/textfile-collectors
dropin=textfile-directory.conf
names='@NAMES@'

# The directories that packages of node_exporter have, the distributions' first.
well_known() {
  printf '%s\n' @WELL_KNOWN@
}

# Those that the node_exporters read that run now.
exporter_directories() {
  for cmdline in "${proc:-/proc}"/[0-9]*/cmdline; do
    tr '\0' '\n' 2>/dev/null <"$cmdline" | sed -n '
      1 { /^\(.*\/\)\{0,1\}\(prometheus-\)\{0,1\}node[-_]exporter$/! q
      }
      s/^--collector\.textfile\.directory=//p
      /^--collector\.textfile\.directory$/ { n
        p
      }'
  done
}

# Of the directories on standard input the first that exists.
first_existing() {
  while IFS= read -r one; do
    if [ -d "$one" ]; then
      printf '%s\n' "$one"
      break
    fi
  done
}

# What $defaults says, or nothing. systemd reads it, and not a shell, which would stop at a parenthesis: a choice
# that is not seen would be made anew.
configured_directory() {
  if [ -r "$defaults" ]; then
    sed -n '/^[[:space:]]*TEXTFILE_DIRECTORY=/ { s///
      s/[[:space:]]*$//
      p
    }' "$defaults" | tail -n 1 | sed "s/^'\(.*\)'\$/\1/
      t
      s/^\"\(.*\)\"\$/\1/
      s/\\\\\(.\)/\1/g"
  fi
}

# Writes the choice to $defaults, unless that says one already.
settle_directory() {
  directory=$(configured_directory)
  if [ -z "$directory" ]; then
    choose_directory
    write_default "$directory"
    echo "textfile-collectors: the textfile directory is $directory, $reason; to change it, see $defaults"
  fi
  allow_directory "$directory"
}

choose_directory() {
  directory=$(exporter_directories | first_existing)
  reason='which the running node_exporter reads'
  if [ -n "$directory" ]; then return; fi
  directory=$(well_known | first_existing)
  reason='which is there'
  if [ -n "$directory" ]; then return; fi
  directory=$(well_known | head -n 1)
  reason="which node_exporter's package reads, once it is installed"
  mkdir -p -m 755 "$directory"
}

write_default() {
  mkdir -p "${defaults%/*}"
  if [ -n "$(tail -c 1 "$defaults" 2>/dev/null)" ]; then echo >>"$defaults"; fi
  cat >>"$defaults" <<END
# Variables of the collectors, as --help shows them: node_exporter's textfile directory, and any other.
# The units may write @WELL_KNOWN@.
# For another one, installing or upgrading the package puts ReadWritePaths=, and BindPaths= in
# /run, into /etc/systemd/system/textfile-collector-.service.d/$dropin; until then do so by hand.
TEXTFILE_DIRECTORY="$(printf '%s' "$1" | sed 's/[\\"$`]/\\&/g')"
END
}

# Gives the units leave to write a directory that they do not know.
allow_directory() {
  for unit in textfile-collector- textfile-collector-@; do
    folder=/etc/systemd/system/$unit.service.d
    if well_known | grep -Fqx -e "$1"; then
      forget_directory "$folder"
    else
      mkdir -p "$folder"
      leave_to_write "$1" >"$folder/$dropin"
    fi
  done
}

# In folders that are empty for the units, as TemporaryFileSystem= there says, the directory is put back.
leave_to_write() {
  place=$(printf '%s' "$1" | sed 's/[\\"]/\\&/g; s/%/%%/g')
  printf '[Service]\nReadWritePaths="-%s"\n' "$place"
  case $1 in
    /run/* | /var/run/* | /dev/shm/*) printf 'BindPaths="-%s"\n' "$place" ;;
  esac
}

forget_directory() {
  rm -f "$1/$dropin"
  if [ -d "$1" ]; then rmdir --ignore-fail-on-non-empty "$1"; fi
}

# Deletes the files of the collectors, which node_exporter would serve for ever, and no others.
delete_textfiles() {
  { configured_directory; echo; well_known; } | while IFS= read -r directory; do
    for name in $names; do
      for file in "$directory/$name.prom" "$directory/$name"-*.prom; do
        if grep -qs '^textfile_collector_info{' "$file"; then rm -f "$file"; fi
      done
    done
  done
}

# Deletes what was made here and not unpacked.
delete_settings_and_state() {
  rm -f "$defaults"
  for unit in textfile-collector- textfile-collector-@; do
    forget_directory "/etc/systemd/system/$unit.service.d"
  done
  for name in $names; do
    rm -f "/etc/systemd/system/timers.target.wants/textfile-collector-$name@"*.timer
  done
  rm -rf /var/lib/textfile-collectors
}
