// Names: Snowflake tells "id" from "ID", the engine behind does not. A name with lower-case letters gets a suffix that says which they are,
// so that names that differ in case only differ in the engine too, and an unquoted name (which is upper case) never meets a lower-case one.
const marker = '~';

/** The name in the engine. */
export function encodeName(name) {
  if (name === 'INFORMATION_SCHEMA') return `INFORMATION_SCHEMA${marker}S`;
  if (!/[a-z~]/.test(name)) return name;
  let mask = 0n;
  for (let i = 0; i < name.length; i++) if (/[a-z]/.test(name[i])) mask |= 1n << BigInt(i);
  return `${name}${marker}${mask.toString(36)}`;
}

/** The name in Snowflake. */
export function decodeName(name) {
  const end = name.lastIndexOf(marker);
  return end < 0 ? name : name.slice(0, end);
}
