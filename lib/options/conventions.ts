/** What holds for every collector and stands in --help, in the manual pages and in the README. */
export const precedence = 'An option wins over a variable, a variable over the config file.';

/** By exit status, what it means. */
export const exitStatuses = [
  [0, 'The file was written. A sick subsystem is a metric, not a failure.'],
  [1, 'It was not, or --check found something.'],
  [2, 'Bad option or config.'],
] as const;

export type ExitStatus = (typeof exitStatuses)[number][0];
