/** What a spawned command imports, told on its stderr as `loads NAME`. */
const HOOKS = `export async function resolve(name, context, next) {
  process._rawDebug('loads ' + name); return next(name, context); }`;

const REGISTER = `import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOKS)}));`;

/** Options of Node for `spawnKit`. */
export const TELLING_LOADS = ['--import', `data:text/javascript,${encodeURIComponent(REGISTER)}`];
