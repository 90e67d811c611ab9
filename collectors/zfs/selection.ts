import { selecting } from '../../lib/patterns.ts';
import type { Dataset } from './zfs-list.ts';

export interface Selection {
  readonly dataset_include: readonly string[];
  readonly dataset_exclude: readonly string[];
  readonly dataset_depth?: number | undefined;
  readonly dataset_limit: number;
}

/**
 * The datasets to report, and those that only the limit keeps out: patterns and depth are what was asked for. In the patterns `*` stands for anything
 * within one part of a name, `**` for any parts: `rpool/data/**`.
 */
export function selectDatasets(
  datasets: readonly Dataset[],
  selection: Selection,
): { readonly kept: readonly Dataset[]; readonly dropped: readonly Dataset[] } {
  const wanted = selecting(selection.dataset_include, selection.dataset_exclude, '/');
  const depth = selection.dataset_depth ?? Number.POSITIVE_INFINITY;
  const kept: Dataset[] = [];
  const dropped: Dataset[] = [];
  for (const dataset of datasets) {
    if (!wanted(dataset.name) || depthOf(dataset.name) > depth) continue;
    (kept.length < selection.dataset_limit ? kept : dropped).push(dataset);
  }
  return { kept, dropped };
}

function depthOf(name: string): number {
  return name.split('/').length - 1;
}
