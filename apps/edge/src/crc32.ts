/** The polynomial of IEEE 802.3, bits reversed. */
const polynomial = 0xedb88320;

function nextCrc(crc: number, byte: number): number {
  let value = crc ^ byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
}

/** CRC-32 (ISO-HDLC) of a text's UTF-8 bytes: finds every change within four neighbouring characters. */
export function crc32(text: string): number {
  return (new TextEncoder().encode(text).reduce(nextCrc, 0xffffffff) ^ 0xffffffff) >>> 0;
}
