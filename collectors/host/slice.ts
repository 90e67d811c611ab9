import type { Slice } from '../../lib/slice.ts';
import { alerts } from './alerts.ts';
import { records } from './records.ts';

/** The machine itself, of which node_exporter tells: there is no collector. */
export const host: Slice = { name: 'host', alerts, records };
