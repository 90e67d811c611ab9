const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Every time that something has to last or to wait for, in rules or in alertmanager.yml. */
const waits = /^(\s*(?:- )?(?:for|keep_firing_for|group_wait|group_interval|repeat_interval): )(\d+)(ms|[smhd])$/gm;

/** The same file, `factor` times as fast. What an expression looks back on stays as it is. */
export function faster(text: string, factor: number): string {
  return text.replaceAll(waits, (_, key: string, count: string, unit: keyof typeof milliseconds) => {
    const time = (Number(count) * milliseconds[unit]) / factor;
    return `${key}${Math.round(time)}ms`;
  });
}
