import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import type { Limits, Reading } from '../../lib/monitoring/dashboard.ts';

/** Just below the next whole number. */
const untilNext = 0.999_999;

/** The settings of one column of a table, which its panel's own do not reach. */
export function columnProperties({ unit = 'none', words = [], limits }: Reading): grafana.DynamicConfigValue[] {
  const plain = [
    { id: 'unit', value: unit },
    { id: 'mappings', value: mappings(words) },
  ];
  if (limits === undefined) return plain;
  return [
    ...plain,
    { id: 'thresholds', value: thresholds(limits).build() },
    { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
  ];
}

export function mappings(words: readonly string[]): grafana.ValueMapping[] {
  return words.map((text, index) => ({
    type: grafana.MappingType.RangeToText,
    options: { from: index, to: index + untilNext, result: { text, index } },
  }));
}

export function thresholds({ warning, critical }: Limits): grafana.ThresholdsConfigBuilder {
  const steps = [
    { value: null, color: 'green' },
    ...(warning === undefined ? [] : [{ value: warning, color: 'orange' }]),
    ...(critical === undefined ? [] : [{ value: critical, color: 'red' }]),
  ];
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps(steps);
}
