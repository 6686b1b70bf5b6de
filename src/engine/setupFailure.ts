/** Why the native engine can't be set up, in one line that says what to do. Never leaves setup. */
export class SetupFailure extends Error {
  override readonly name = 'SetupFailure';
}
