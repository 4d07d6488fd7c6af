// Misbehaviour on demand. A fault waits for requests that it matches, lets `skip` of them pass, hits `times` of them (default 1, -1 for
// ever) and is gone. Faults are tried in the order in which they came; one request may meet several.
export const commonKinds = ['throttle', 'status', 'delay', 'drop', 'truncate', 'loseResponse', 'replaceBody', 'expire', 'lieRows'];

export class Faults {
  #waiting = [];

  add(fault, extraKinds = []) {
    if (typeof fault !== 'object' || fault === null) throw new Error('A fault is an object.');
    const kinds = [...commonKinds, ...extraKinds];
    if (!kinds.includes(fault.kind)) throw new Error(`Unknown kind of fault ${JSON.stringify(fault.kind)}. Known: ${kinds.join(', ')}.`);
    const match = fault.match ?? {};
    for (const name of Object.keys(match)) if (!['path', 'operation', 'method', 'statement'].includes(name)) throw new Error(`A fault cannot match by ${name}.`);
    this.#waiting.push({
      ...fault,
      left: fault.times ?? 1,
      toSkip: fault.skip ?? 0,
      path: match.path === undefined ? undefined : new RegExp(match.path),
      statement: match.statement === undefined ? undefined : new RegExp(match.statement),
      operation: match.operation,
      method: match.method,
    });
  }

  /** The faults that this request meets. `request` has method, path, operation and the body's text. */
  take(request) {
    const met = this.#waiting.filter((fault) =>
      (fault.method === undefined || fault.method === request.method) &&
      (fault.operation === undefined || fault.operation === request.operation) &&
      (fault.path === undefined || fault.path.test(request.path)) &&
      (fault.statement === undefined || fault.statement.test(request.text())))
      .filter((fault) => (fault.toSkip > 0 ? (fault.toSkip--, false) : true));
    for (const fault of met) if (fault.left > 0) fault.left--;
    this.#waiting = this.#waiting.filter((fault) => fault.left !== 0);
    return met;
  }

  /** Faults that nothing met yet: a test that leaves one has not tested what it says. */
  waiting() { return this.#waiting.map(({ kind, operation, left, path }) => ({ kind, operation, left, path: path?.source })); }

  clear() { this.#waiting = []; }
}
