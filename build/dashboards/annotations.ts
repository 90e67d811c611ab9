import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { bootTime } from '../../collectors/host/metrics.ts';
import type { Annotation, Dashboard } from '../../lib/monitoring/dashboard.ts';
import { alerts } from '../../lib/monitoring/prometheus.ts';
import { promql, render, series } from '../../lib/monitoring/promql.ts';
import { datasource, selectorOf } from './variables.ts';

const common: readonly Annotation[] = [
  {
    name: 'Critical alerts',
    expr: series(alerts, { alertstate: 'firing', severity: 'critical' }),
    text: '{{alertname}} {{instance}}',
    color: 'red',
  },
  {
    name: 'Warnings',
    expr: series(alerts, { alertstate: 'firing', severity: 'warning' }),
    text: '{{alertname}} {{instance}}',
    color: 'orange',
    off: true,
  },
  {
    name: 'Reboots',
    expr: promql`${bootTime} * 1000`,
    text: '{{instance}} booted',
    color: 'purple',
    valueIsTime: true,
  },
];

/** All that a dashboard's graphs show; the fleet's have too many machines for it. */
export function annotationsOf({ machines, annotations = [] }: Dashboard): readonly Annotation[] {
  return machines === 'one' ? [...common, ...annotations] : [];
}

/** The annotations as Grafana reads them, its own ones first. */
export function annotationQueries(dashboard: Dashboard) {
  return [
    new grafana.AnnotationQueryBuilder()
      .name('Annotations & Alerts')
      .builtIn(1)
      .datasource({ type: 'grafana', uid: '-- Grafana --' })
      .enable(true)
      .hide(true)
      .iconColor('rgba(0, 211, 255, 1)')
      .type('dashboard'),
    ...annotationsOf(dashboard).map(({ name, expr, text, color, valueIsTime = false, off = false }) =>
      new grafana.AnnotationQueryBuilder()
        .name(name)
        .datasource(datasource)
        .enable(!off)
        .iconColor(color)
        .expr(render(expr, selectorOf(dashboard)))
        .step('60s')
        .titleFormat(text)
        .useValueForTime(valueIsTime),
    ),
  ];
}
