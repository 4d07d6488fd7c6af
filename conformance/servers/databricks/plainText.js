import { tokens } from './lexer.js';

// Text literals in the one form that the translator reads as it is meant: escapes by code are not known to it, and DuckDB's parser knows neither
// U+0000 nor what it takes for spaces.
export function plainText(sql) {
  let written = '';
  let copied = 0;
  for (const token of tokens(sql)) {
    if (token.kind !== 'text') continue;
    const parts = token.value.split(/([\0\u00a0\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff])/);
    const literals = parts.filter((part, i) => part !== '' || parts.length === 1).map((part) => (part.length === 1 && /[\0\u00a0\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]/.test(part)
      ? `chr(${part.codePointAt(0)})`
      : `'${part.replace(/[\\']/g, (c) => `\\${c}`)}'`));
    written += `${sql.slice(copied, token.start)}${literals.length === 1 ? literals[0] : `(${literals.join(' || ')})`}`;
    copied = token.end;
  }
  return written + sql.slice(copied);
}
