const isTime = /(?:_timestamp|_timestamp_seconds|_handshake_seconds)(?:\{.*\})? (?!0$)/;

/** A recorded file as if it were made now: its times keep their distance from `clock`, when it was recorded. */
export function movedTo(now: number, text: string, clock: number): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('#') || !isTime.test(line)) return line;
      const space = line.lastIndexOf(' ');
      return `${line.slice(0, space)} ${(Number(line.slice(space + 1)) - clock + now).toFixed(3)}`;
    })
    .join('\n');
}
