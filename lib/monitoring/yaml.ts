import { stringify } from 'yaml';

/** YAML as people read it: no line is folded, and nothing stands for something else. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
