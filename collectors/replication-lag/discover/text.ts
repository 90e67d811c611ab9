import type { Proposal } from './proposals.ts';

export function receivedText(names: readonly string[]): string {
  return `# Copies whose source is on another machine:\nreceived_roots = ${JSON.stringify(names)}\n`;
}

/** A `[[pair]]`, with what is to be known of it above. */
export function pairText({ why, source, target, recursive, include, maxAge, exclude }: Proposal): string {
  const left = exclude.length === 0 ? [] : ['# Left out is what has no copy, or is not meant to have one.'];
  return [
    ...why.map((line) => `# ${line}`),
    ...left,
    '[[pair]]',
    `source = ${JSON.stringify(source)}`,
    `target = ${JSON.stringify(target ?? 'ssh://HOST/DATASET')}`,
    ...(recursive ? ['recursive = true'] : []),
    ...(include === undefined ? [] : [`include = ${JSON.stringify(include)}`]),
    ...(maxAge === undefined ? [] : [`max_age = ${JSON.stringify(maxAge)}`]),
    ...(exclude.length === 0 ? [] : [`exclude_datasets = ${JSON.stringify(exclude)}`]),
    '',
  ].join('\n');
}

/** The same as a comment. */
export function commented(text: string): string {
  return text.replaceAll(/^(?!#|$)/gm, '# ');
}
