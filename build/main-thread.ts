/**
 * Stands for node:worker_threads in the bundles. write-file-atomic only asks it which thread this is, for the name of its
 * temporary file; there is but one, and loading the real module costs each run some milliseconds.
 */
export const threadId = 0;
