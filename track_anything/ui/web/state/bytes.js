// Arrays as they come over the wire: base64 of bytes, masks as deflated bits.

/** The bytes behind a base64 text. @param {string} text */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Base64 of bytes. @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let letters = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    letters += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(letters);
}

/**
 * A mask of `length` pixels, one byte each (0 or 1), from base64 of zlib-compressed bits, first pixel highest.
 * @param {string} text
 * @param {number} length
 */
export async function unpackMask(text, length) {
  const bits = await through(fromBase64(text), new DecompressionStream("deflate"));
  const mask = new Uint8Array(length);
  for (let pixel = 0; pixel < length; pixel++) mask[pixel] = (bits[pixel >> 3] >> (7 - (pixel & 7))) & 1;
  return mask;
}

/** The other way round. @param {Uint8Array} mask */
export async function packMask(mask) {
  const bits = new Uint8Array(Math.ceil(mask.length / 8));
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel]) bits[pixel >> 3] |= 128 >> (pixel & 7);
  return toBase64(await through(bits, new CompressionStream("deflate")));
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {GenericTransformStream} stream */
async function through(bytes, stream) {
  const out = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await out.arrayBuffer());
}
