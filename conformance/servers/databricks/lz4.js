// LZ4 frames whose blocks are stored as they are: valid, and all that a decoder of the format must take. Nothing is made smaller.
const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]); // version 1, independent blocks of at most 4 MiB; the checksum of these two bytes
const blockSize = 4 * 1024 * 1024;

function frame(bytes) {
  const parts = [header];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    const size = Buffer.alloc(4);
    size.writeUInt32LE((block.length | 0x80000000) >>> 0);
    parts.push(size, block);
  }
  parts.push(Buffer.alloc(4));
  return Buffer.concat(parts);
}

/** `mode`: "frames" as the service often does, several one behind the other, or "frame" for one. */
export function lz4(bytes, mode = 'frames') {
  if (mode === 'frame' || bytes.length < 3) return frame(bytes);
  const third = Math.ceil(bytes.length / 3);
  return Buffer.concat([0, 1, 2].map((i) => frame(bytes.subarray(i * third, (i + 1) * third))));
}
