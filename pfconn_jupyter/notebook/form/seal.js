// @ts-check
// The sealed channel, browser side; channel.py is the kernel's.

/** @typedef {import("./messages").Terms} Terms */

const PADDING = 512;

/** @param {string} text */
const unpacked = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
/** @param {ArrayBuffer | Uint8Array} bytes */
const packed = (bytes) => btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join(""));

/**
 * Seal `content` for the kernel's key: ECDH P-256, HKDF-SHA256, AES-256-GCM (see channel.py).
 * @param {Terms} terms
 * @param {object} content
 */
export async function seal(terms, content) {
  const { subtle } = globalThis.crypto;
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const [peer, own] = await Promise.all([
    subtle.importKey("raw", unpacked(terms.public_key), curve, false, []),
    subtle.generateKey(curve, true, ["deriveBits"]),
  ]);
  const shared = await subtle.deriveBits({ name: "ECDH", public: peer }, own.privateKey, 256);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const aad = unpacked(terms.aad);
  const derived = { name: "HKDF", hash: "SHA-256", salt: unpacked(terms.nonce), info: aad };
  const key = await subtle.deriveKey(derived, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  // Blanks behind the JSON, so that the message's length does not tell the key's.
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / PADDING) * PADDING).fill(0x20);
  padded.set(bytes);
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(12));
  const sealed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, key, padded);
  const point = await subtle.exportKey("raw", own.publicKey);
  return { public_key: packed(point), iv: packed(iv), sealed: packed(sealed) };
}
