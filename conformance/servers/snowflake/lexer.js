// The words of a Snowflake statement, as far as this server must know them itself: names, text, binds, comments.
import { SnowflakeError } from './errors.js';

const wordStart = /[\p{L}_]/u;
const wordPart = /[\p{L}\p{N}_$]/u;

/** A list of {kind, text, value?}: word, name (quoted), string, number, bind (value: its key), punctuation. Comments and space are left out. */
export function tokenize(sql) {
  const tokens = [];
  let position = 0;
  let questionMarks = 0;
  const fail = (what) => new SnowflakeError('001003', '42000', `SQL compilation error:\nsyntax error line 1 at position ${position} ${what}.`);
  while (position < sql.length) {
    const character = sql[position];
    const next = sql[position + 1];
    if (/\s/.test(character)) { position++; continue; }
    if ((character === '-' && next === '-') || (character === '/' && next === '/')) {
      const end = sql.indexOf('\n', position);
      position = end < 0 ? sql.length : end + 1;
      continue;
    }
    if (character === '/' && next === '*') {
      const end = sql.indexOf('*/', position + 2);
      if (end < 0) throw fail('unterminated comment');
      position = end + 2;
      continue;
    }
    if (character === '\'') {
      const [value, end] = readString(sql, position, fail);
      tokens.push({ kind: 'string', text: sql.slice(position, end), value });
      position = end;
      continue;
    }
    if (character === '$' && next === '$') {
      const end = sql.indexOf('$$', position + 2);
      if (end < 0) throw fail('unterminated text');
      tokens.push({ kind: 'string', text: sql.slice(position, end + 2), value: sql.slice(position + 2, end) });
      position = end + 2;
      continue;
    }
    if (character === '"') {
      let value = '';
      let end = position + 1;
      for (;;) {
        const quote = sql.indexOf('"', end);
        if (quote < 0) throw fail('unterminated name');
        value += sql.slice(end, quote);
        end = quote + 1;
        if (sql[end] !== '"') break;
        value += '"';
        end++;
      }
      if (value === '') throw fail('empty name');
      tokens.push({ kind: 'name', text: sql.slice(position, end), value });
      position = end;
      continue;
    }
    if (character === '?') {
      tokens.push({ kind: 'bind', text: '?', value: String(++questionMarks) });
      position++;
      continue;
    }
    if (character === ':' && next === ':') {
      tokens.push({ kind: 'punctuation', text: '::' });
      position += 2;
      continue;
    }
    const bind = character === ':' ? /^:([\p{L}_][\p{L}\p{N}_]*|\d+)/u.exec(sql.slice(position, position + 260)) : null;
    if (bind) {
      tokens.push({ kind: 'bind', text: bind[0], value: bind[1] });
      position += bind[0].length;
      continue;
    }
    if (wordStart.test(character) || (character === '$' && /\d/.test(next ?? ''))) {
      let end = position + 1;
      while (end < sql.length && wordPart.test(sql[end])) end++;
      tokens.push({ kind: 'word', text: sql.slice(position, end) });
      position = end;
      continue;
    }
    const number = /\d/.test(character) || (character === '.' && /\d/.test(next ?? '')) ? /^(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/.exec(sql.slice(position, position + 400)) : null;
    if (number) {
      tokens.push({ kind: 'number', text: number[0] });
      position += number[0].length;
      continue;
    }
    const operator = /^(->>|<=|>=|<>|!=|\|\||=>|->)/.exec(sql.slice(position, position + 3));
    tokens.push({ kind: 'punctuation', text: operator ? operator[0] : character });
    position += operator ? operator[0].length : 1;
  }
  return tokens;
}

// '…' with doubled quotes and backslash escapes.
function readString(sql, start, fail) {
  let value = '';
  let position = start + 1;
  for (;;) {
    let end = position;
    while (end < sql.length && sql[end] !== '\'' && sql[end] !== '\\') end++;
    value += sql.slice(position, end);
    if (end >= sql.length) throw fail('unterminated text');
    if (sql[end] === '\'') {
      if (sql[end + 1] !== '\'') return [value, end + 1];
      value += '\'';
      position = end + 2;
      continue;
    }
    const rest = sql.slice(end + 1, end + 6);
    const hex = /^x([0-9a-fA-F]{2})/.exec(rest) ?? /^u([0-9a-fA-F]{4})/.exec(rest);
    const octal = /^[0-7]{3}/.exec(rest);
    if (hex) {
      value += String.fromCharCode(parseInt(hex[1], 16));
      position = end + 1 + hex[0].length;
    } else if (octal) {
      value += String.fromCharCode(parseInt(octal[0], 8));
      position = end + 4;
    } else {
      const simple = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0' };
      value += simple[sql[end + 1]] ?? sql[end + 1] ?? '';
      position = end + 2;
    }
  }
}
