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
    // A number that is fine is no news; a state that is fine is.
    { id: 'thresholds', value: thresholds(limits, words.length === 0 ? 'transparent' : 'green').build() },
    { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
  ];
}

export function mappings(words: readonly string[]): grafana.ValueMapping[] {
  return words.map((text, index) => ({
    type: grafana.MappingType.RangeToText,
    options: { from: index, to: index + untilNext, result: { text, index } },
  }));
}

export function thresholds({ warning, critical }: Limits, fine = 'green'): grafana.ThresholdsConfigBuilder {
  const steps = [
    { value: null, color: fine },
    ...(warning === undefined ? [] : [{ value: warning, color: 'orange' }]),
    ...(critical === undefined ? [] : [{ value: critical, color: 'red' }]),
  ];
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps(steps);
}
