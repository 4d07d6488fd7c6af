/** An error as SQL Server numbers it. `number` 40000 and above with severity 16 and the words "not honoured" are this server's own refusals. */
export class TsqlError extends Error {
  constructor(number, severity, text, state = 1) {
    super(text);
    this.number = number;
    this.severity = severity;
    this.state = state;
  }
}

/** What this local server does not honour: refused, never guessed. No number of the vendor's stands for it. */
export const notHonoured = (what) => new TsqlError(50000, 16, `This local server does not honour ${what}.`);

export const syntax = (near) => new TsqlError(102, 15, `Incorrect syntax near '${near}'.`);

// Errors that the engine raises while it runs carry a number of ours behind this mark.
export const raised = (number, text) => `error('TSQL|${number}|16|${text.replaceAll("'", "''")}')`;

/** The error for what the engine threw. */
export function fromEngine(failure) {
  const text = String(failure?.message ?? failure);
  const own = /TSQL\|(\d+)\|(\d+)\|([^\n]*)/.exec(text);
  if (own) {
    return new TsqlError(Number(own[1]), Number(own[2]), own[3]);
  }

  if (/Out of Range Error|overflow|out of range/i.test(text)) {
    return new TsqlError(8115, 16, 'Arithmetic overflow error converting expression to the data type of the result.');
  }

  if (/^Conversion Error|Could not (convert|cast)/i.test(text)) {
    return new TsqlError(8114, 16, 'Error converting data type.');
  }

  return Object.assign(new TsqlError(50001, 16, `The engine of this local server failed: ${text.split('\n')[0]}`), { isDefect: true });
}
