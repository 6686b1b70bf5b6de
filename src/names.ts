/** What experiments, studies, cells and evaluations may be called: their names become parts of files'. */
export const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

export const NAME_RULE =
  'must be letters, digits, ".", "_" and "-" only, and begin with a letter or digit';
