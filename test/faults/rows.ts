import { answerRows } from './answer-rows.ts';
import { commandRows } from './command-rows.ts';
import { configRows } from './config-rows.ts';
import { jsonRows } from './json-rows.ts';
import { nameRows } from './name-rows.ts';
import { processRows } from './process-rows.ts';
import type { Row } from './row.ts';
import { sshRows } from './ssh-rows.ts';
import { sshdRows } from './sshd-rows.ts';
import { stateFolderRows } from './state-folder-rows.ts';
import { stateRows } from './state-rows.ts';
import { textfileRows } from './textfile-rows.ts';
import { writingRows } from './writing-rows.ts';

/** All faults, as the table has them. */
export const rows: readonly Row[] = [
  ...commandRows,
  ...answerRows,
  ...jsonRows,
  ...configRows,
  ...textfileRows,
  ...nameRows,
  ...sshRows,
  ...sshdRows,
  ...stateFolderRows,
  ...stateRows,
  ...writingRows,
  ...processRows,
];
