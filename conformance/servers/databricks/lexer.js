// Tokens of Databricks SQL: enough to find parameter markers, names and ends of statements without being misled by text and comments.
export class SyntaxProblem extends Error {}

/** @returns {{kind: 'word'|'name'|'text'|'number'|'mark'|'parameter', value: string, start: number, end: number}[]} */
export function tokens(sql) {
  const found = [];
  let at = 0;
  const add = (kind, value, end) => { found.push({ kind, value, start: at, end }); at = end; };
  while (at < sql.length) {
    const c = sql[at];
    const rest = sql.slice(at, at + 2);
    if (/\s/.test(c)) { at++; continue; }
    if (rest === '--') { const end = sql.indexOf('\n', at); at = end < 0 ? sql.length : end + 1; continue; }
    if (rest === '/*') { at = commentEnd(sql, at); continue; }
    if (c === "'" || c === '"') { const [value, end] = text(sql, at, false); add('text', value, end); continue; }
    if ((c === 'r' || c === 'R') && (sql[at + 1] === "'" || sql[at + 1] === '"')) { const [value, end] = text(sql, at + 1, true); add('text', value, end); continue; }
    if (c === '`') { const [value, end] = quotedName(sql, at); add('name', value, end); continue; }
    const word = /[\p{L}_][\p{L}\p{N}_]*/uy;
    word.lastIndex = at;
    const matchedWord = word.exec(sql);
    if (matchedWord) { add('word', matchedWord[0], at + matchedWord[0].length); continue; }
    const number = /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?(BD|[LSYFD])?/y;
    number.lastIndex = at;
    const matchedNumber = number.exec(sql);
    if (matchedNumber) { add('number', matchedNumber[0], at + matchedNumber[0].length); continue; }
    if (c === '?') { add('parameter', '', at + 1); continue; }
    if (rest === '::') { add('mark', '::', at + 2); continue; }
    const named = /:([A-Za-z_][A-Za-z0-9_]*)/y;
    named.lastIndex = at;
    const matchedNamed = named.exec(sql);
    const before = found.at(-1);
    // value:path reads a field of a variant; a marker stands where a value starts.
    if (matchedNamed && !(before && before.end === at && (before.kind === 'word' || before.kind === 'name' || before.value === ')' || before.value === ']'))) {
      add('parameter', matchedNamed[1], at + matchedNamed[0].length);
      continue;
    }
    add('mark', c, at + 1);
  }
  return found;
}

/** A text literal that Databricks SQL reads as exactly this text. */
export function textLiteral(value) {
  return `'${value.replace(/[\\']/g, (c) => `\\${c}`).replaceAll('\0', '\\u0000').replaceAll('$', '\\u0024')}'`;
}

function commentEnd(sql, start) {
  let depth = 0;
  for (let i = start; i < sql.length; i++) {
    if (sql.startsWith('/*', i)) { depth++; i++; } else if (sql.startsWith('*/', i)) { depth--; i++; if (depth === 0) return i + 1; }
  }
  throw new SyntaxProblem('Found an unclosed bracketed comment.');
}

function quotedName(sql, start) {
  let value = '';
  for (let i = start + 1; i < sql.length; i++) {
    if (sql[i] !== '`') value += sql[i];
    else if (sql[i + 1] === '`') { value += '`'; i++; } else return [value, i + 1];
  }
  throw new SyntaxProblem('A name in backticks does not end.');
}

const escapes = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

function text(sql, start, raw) {
  const quote = sql[start];
  let value = '';
  for (let i = start + 1; i < sql.length; i++) {
    const c = sql[i];
    if (c === quote) {
      // Two quotes are one quote, but in raw text.
      if (!raw && sql[i + 1] === quote) { value += quote; i++; continue; }
      return [value, i + 1];
    }
    if (c !== '\\' || raw) { value += c; continue; }
    const next = sql[i + 1];
    const unicode = /^\\u([0-9a-fA-F]{4})|^\\U([0-9a-fA-F]{8})/.exec(sql.slice(i, i + 10));
    const octal = /^\\([0-1][0-7]{2})/.exec(sql.slice(i, i + 4));
    if (unicode) { value += String.fromCodePoint(parseInt(unicode[1] ?? unicode[2], 16)); i += unicode[0].length - 1; }
    else if (octal) { value += String.fromCharCode(parseInt(octal[1], 8)); i += 3; }
    else if (next === '%' || next === '_') { value += `\\${next}`; i++; }
    else if (next === undefined) break;
    else { value += escapes[next] ?? next; i++; }
  }
  throw new SyntaxProblem('A text literal does not end.');
}
