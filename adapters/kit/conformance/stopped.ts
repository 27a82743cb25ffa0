/** Ends a behaviour early: nothing more can be learnt, through no fault that the behaviour is about. */
export class Stopped extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Stopped';
  }
}
